using System.Numerics;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>The negative log likelihood of classes, and its gradient.</summary>
internal static unsafe class LossKernels
{
    public static bool NllLoss(VectorArgs x, NllSettings settings) => x.OfType(x.Output().DType, settings, NllLoss<float>, NllLoss<double>);

    public static bool NllLossGradient(VectorArgs x, NllSettings settings) =>
        x.OfType(x.Output().DType, settings, NllLossGradient<float>, NllLossGradient<double>);

    private static bool NllLoss<T>(VectorArgs x, NllSettings settings)
        where T : unmanaged, INumber<T>
    {
        if (HasNumbers(x) || x[1].DType != DType.Int64)
        {
            return false;
        }

        var picked = new Classes(x, x[0], x.Dense(1), x.Count > 2 ? x.Dense(2) : null, settings.IgnoreIndex);
        var (loss, total) = (x.Result(0), x.Result(1));
        var reduction = settings.Reduction;
        x.Add(memory =>
        {
            var from = picked.Values.At<T>(memory);
            var to = loss.At<T>(memory);
            var (sum, weights) = (0.0, 0.0);
            for (var i = 0; i < picked.Count; i++)
            {
                var number = picked.Of(memory, i);
                var weight = number < 0 ? T.Zero : picked.WeightOf<T>(memory, number);
                var term = number < 0 ? T.Zero : -(from[picked.Place(i, number)] * weight);
                if (reduction == Reduction.None)
                {
                    to[i] = term;
                    continue;
                }

                sum += double.CreateTruncating(term);
                weights += double.CreateTruncating(weight);
            }

            *total.At<T>(memory) = T.CreateTruncating(weights);
            if (reduction != Reduction.None)
            {
                *to = T.CreateTruncating(reduction == Reduction.Mean ? sum / weights : sum);
            }
        });
        return true;
    }

    private static bool NllLossGradient<T>(VectorArgs x, NllSettings settings)
        where T : unmanaged, INumber<T>
    {
        if (HasNumbers(x) || x[2].DType != DType.Int64)
        {
            return false;
        }

        var gradient = x.Dense(0);
        var total = x[3];
        var target = x.Result();
        var picked = new Classes(x, target, x.Dense(2), x.Count > 4 ? x.Dense(4) : null, settings.IgnoreIndex);
        var reduction = settings.Reduction;
        x.Add(memory =>
        {
            var to = target.At<T>(memory);
            var from = gradient.At<T>(memory);
            target.Span<T>(memory).Clear();
            var scale = reduction == Reduction.Mean ? *from / *total.At<T>(memory) : *from;
            for (var i = 0; i < picked.Count; i++)
            {
                var number = picked.Of(memory, i);
                if (number >= 0 && picked.WeightOf<T>(memory, number) is var weight && weight != T.Zero)
                {
                    to[picked.Place(i, number)] = -(weight * (reduction == Reduction.None ? from[i] : scale));
                }
            }
        });
        return true;
    }

    private static bool HasNumbers(VectorArgs x) => Enumerable.Range(0, x.Count).Any(x.IsNumber);

    /// <summary>The class of each sample, and where values of classes lie: [N, C] or [N, C, H, W].</summary>
    private sealed class Classes
    {
        private readonly Layout _numbers;
        private readonly Layout? _weights;
        private readonly long _ignored;
        private readonly string _name;
        private readonly long _size;
        private readonly long _stride;
        private readonly long _batchStride;
        private readonly long _inner;
        private readonly long _innerStride;

        public Classes(VectorArgs x, Layout values, Layout numbers, Layout? weights, long ignored)
        {
            // The places of an image are walked as one dim.
            Values = values.Shape.Rank == 2 || values.Strides[2] == values.Strides[3] * values.Shape[3] ? values : x.Dense(values);
            (_numbers, _weights, _ignored, _name) = (numbers, weights, ignored, x.Op);
            (_size, _stride, _batchStride) = (Values.Shape[1], Values.Strides[1], Values.Strides[0]);
            (_inner, _innerStride) = Values.Shape.Rank == 2 ? (1, 0) : (Values.Shape[2] * Values.Shape[3], Values.Strides[3]);
        }

        public Layout Values { get; }

        public int Count => _numbers.Count;

        /// <summary>The class of a sample; negative where it does not count.</summary>
        public long Of(nint* memory, int sample)
        {
            var number = _numbers.At<long>(memory)[sample];
            if (number == _ignored)
            {
                return -1;
            }

            return number >= 0 && number < _size
                ? number
                : throw new NativeOpException($"{_name}: target {number} is no class; there are {_size}.");
        }

        public T WeightOf<T>(nint* memory, long number)
            where T : unmanaged, INumber<T> => _weights is null ? T.One : _weights.At<T>(memory)[number];

        public long Place(int sample, long number) =>
            (sample / _inner * _batchStride) + (number * _stride) + (sample % _inner * _innerStride);
    }
}
