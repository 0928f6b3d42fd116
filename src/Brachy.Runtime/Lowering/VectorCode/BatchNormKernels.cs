using System.Numerics;
using System.Numerics.Tensors;

namespace Brachy.Compilation;

/// <summary>Batch norms in training, and the gradients of all. Channels lie side by side, as convolutions leave them.</summary>
internal static unsafe class BatchNormKernels
{
    public static bool BatchNorm(VectorArgs x, BatchNormSettings settings) =>
        AreOfOneType(x) && x.OfType(x.Output().DType, settings, BatchNorm<float>, BatchNorm<double>);

    public static bool Gradient(VectorArgs x, BatchNormBackwardSettings settings) =>
        AreOfOneType(x) && x.OfType(x.Types[0].DType, settings, Gradient<float>, Gradient<double>);

    private static bool AreOfOneType(VectorArgs x) => x.Types.All(type => !type.IsNumber && type.DType == x.Types[0].DType);

    /// <summary>Operands: x, perhaps running mean and variance, perhaps weight and bias.</summary>
    private static bool BatchNorm<T>(VectorArgs x, BatchNormSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var channels = (int)x.Types[0].Shape[1];
        var source = ChannelsLast(x, x[0]);
        var (rows, blocks) = (source.Count / channels, ColumnSums.Blocks<T>(source.Count / channels, channels));
        var first = settings.Running ? 3 : 1;
        var (weight, bias) = (Optional(x, first), Optional(x, first + 1));
        var (oldMean, oldVariance) = settings.Running ? (x.Dense(1), x.Dense(2)) : (null, null);
        var target = Result(x, 0, source);
        var (mean, scale) = (x.Result(1), x.Result(2));
        var (newMean, newVariance) = settings.Running ? (x.Result(3), x.Result(4)) : (null, null);
        var means = x.Scratch(source.DType, [blocks, channels]);
        var squares = x.Scratch(source.DType, [blocks, channels]);
        var (factor, shift) = (x.Scratch(source.DType, [channels]), x.Scratch(source.DType, [channels]));
        x.Add(TeamStep.Of(blocks, source.Count * (long)sizeof(T), (memory, start, count) =>
        {
            for (var block = start; block < start + count; block++)
            {
                var (top, end) = ColumnSums.RowsOf<T>(block, rows, channels);
                var from = source.At<T>(memory) + (top * (nint)channels);
                var place = block * (nint)channels;
                var ofBlock = means.At<T>(memory) + place;
                ColumnSums.Sum(from, end - top, channels, ofBlock);
                var average = new Span<T>(ofBlock, channels);
                TensorPrimitives.Divide(average, T.CreateTruncating(end - top), average);
                ColumnSums.SumOfSquares(from, ofBlock, end - top, channels, squares.At<T>(memory) + place);
            }
        }));
        x.Add(memory =>
        {
            for (var c = 0; c < channels; c++)
            {
                var (average, square) = Joined(means.At<T>(memory) + c, squares.At<T>(memory) + c, channels, rows, blocks);
                var deviation = 1 / Math.Sqrt((square / rows) + settings.Eps);
                mean.At<T>(memory)[c] = T.CreateTruncating(average);
                scale.At<T>(memory)[c] = T.CreateTruncating(deviation);
                var slope = deviation * (weight is null ? 1 : double.CreateTruncating(weight.At<T>(memory)[c]));
                factor.At<T>(memory)[c] = T.CreateTruncating(slope);
                shift.At<T>(memory)[c] = T.CreateTruncating(
                    (bias is null ? 0 : double.CreateTruncating(bias.At<T>(memory)[c])) - (average * slope));
                if (settings.Running)
                {
                    Move(oldMean!.At<T>(memory)[c], average, settings.Momentum, newMean!.At<T>(memory) + c);
                    Move(oldVariance!.At<T>(memory)[c], square / (rows - 1), settings.Momentum, newVariance!.At<T>(memory) + c);
                }
            }
        });
        x.AddRows(rows, [source], [target], (memory, start, count) =>
        {
            for (var row = start; row < start + count; row++)
            {
                TensorPrimitives.MultiplyAddEstimate(
                    source.Span<T>(memory, row * channels, channels), factor.Span<T>(memory), shift.Span<T>(memory),
                    target.Span<T>(memory, row * channels, channels));
            }
        }, factor, shift);
        return true;
    }

    /// <summary>Operands: gradient, x, mean, the reciprocal of the deviation (in training) or the variance, perhaps weight.</summary>
    private static bool Gradient<T>(VectorArgs x, BatchNormBackwardSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var channels = (int)x.Types[1].Shape[1];
        var (gradient, source) = (ChannelsLast(x, x[0]), ChannelsLast(x, x[1]));
        var (mean, statistic, weight) = (x.Dense(2), x.Dense(3), Optional(x, 4));
        var (rows, blocks) = (source.Count / channels, ColumnSums.Blocks<T>(source.Count / channels, channels));
        var results = new Layout?[3];
        for (var i = 0; i < settings.Needs.Rank; i++)
        {
            results[settings.Needs[i]] = settings.Needs[i] == 0 ? Result(x, i, source) : x.Result(i);
        }

        var sums = x.Scratch(source.DType, [blocks, channels]);
        var products = x.Scratch(source.DType, [blocks, channels]);
        var (ofGradient, ofSource, shift) = (Scratch(), Scratch(), Scratch());
        x.Add(TeamStep.Of(blocks, 2 * source.Count * (long)sizeof(T), (memory, start, count) =>
        {
            for (var block = start; block < start + count; block++)
            {
                var (top, end) = ColumnSums.RowsOf<T>(block, rows, channels);
                var (from, place) = (top * (nint)channels, block * (nint)channels);
                ColumnSums.Sum(gradient.At<T>(memory) + from, end - top, channels, sums.At<T>(memory) + place);
                ColumnSums.SumOfProducts(
                    gradient.At<T>(memory) + from, source.At<T>(memory) + from, mean.At<T>(memory), end - top, channels,
                    products.At<T>(memory) + place);
            }
        }));
        x.Add(memory =>
        {
            for (var c = 0; c < channels; c++)
            {
                var sum = ColumnSums.Total(sums.At<T>(memory) + c, channels, blocks);
                var product = ColumnSums.Total(products.At<T>(memory) + c, channels, blocks);
                var value = double.CreateTruncating(statistic.At<T>(memory)[c]);
                var deviation = settings.Training ? value : 1 / Math.Sqrt(value + settings.Eps);
                var slope = deviation * (weight is null ? 1 : double.CreateTruncating(weight.At<T>(memory)[c]));
                var ofStatistics = slope / rows;
                ofGradient.At<T>(memory)[c] = T.CreateTruncating(slope);
                ofSource.At<T>(memory)[c] = T.CreateTruncating(-ofStatistics * deviation * deviation * product);
                shift.At<T>(memory)[c] = T.CreateTruncating(-ofStatistics * sum);
                Write<T>(results[1], memory, c, product * deviation);
                Write<T>(results[2], memory, c, sum);
            }
        });
        if (results[0] is { } target)
        {
            x.AddRows(rows, [gradient, source], [target], (memory, start, count) =>
            {
                for (var row = start; row < start + count; row++)
                {
                    var to = target.Span<T>(memory, row * channels, channels);
                    var from = gradient.Span<T>(memory, row * channels, channels);
                    if (!settings.Training)
                    {
                        TensorPrimitives.Multiply(from, ofGradient.Span<T>(memory), to);
                        continue;
                    }

                    TensorPrimitives.Subtract(source.Span<T>(memory, row * channels, channels), mean.Span<T>(memory), to);
                    TensorPrimitives.MultiplyAddEstimate(to, ofSource.Span<T>(memory), shift.Span<T>(memory), to);
                    TensorPrimitives.MultiplyAddEstimate(from, ofGradient.Span<T>(memory), to, to);
                }
            }, mean, ofGradient, ofSource, shift);
        }

        return true;

        Layout Scratch() => x.Scratch(source.DType, [channels]);
    }

    private static Layout? Optional(VectorArgs x, int operand) => x.Count > operand ? x.Dense(operand) : null;

    /// <summary>[N, …, C], copied if it must be.</summary>
    private static Layout ChannelsLast(VectorArgs x, Layout layout) => x.Dense(layout.Permuted(Order(layout.Shape.Rank)));

    private static Layout Result(VectorArgs x, int result, Layout source)
    {
        var target = x.Scratch(source.DType, source.Shape);
        x.Alias(target.Permuted(Permutation.Inverse(Order(source.Shape.Rank))), result);
        return target;
    }

    private static long[] Order(int rank) => [0, .. Enumerable.Range(2, rank - 2).Select(d => (long)d), 1];

    /// <summary>
    /// Mean and sum of squared deviations of all blocks. Source: Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for
    /// Computing Sample Variances", 1979.
    /// </summary>
    private static (double Mean, double Squares) Joined<T>(T* means, T* squares, int channels, int rows, int blocks)
        where T : unmanaged, INumber<T>
    {
        var (mean, square) = (0.0, 0.0);
        for (var block = 0; block < blocks; block++)
        {
            var (start, end) = ColumnSums.RowsOf<T>(block, rows, channels);
            var difference = double.CreateTruncating(means[block * (nint)channels]) - mean;
            mean += difference * (end - start) / end;
            square += double.CreateTruncating(squares[block * (nint)channels])
                + (difference * difference * start * (end - start) / end);
        }

        return (mean, square);
    }

    private static void Move<T>(T old, double value, double share, T* to)
        where T : unmanaged, INumber<T> => *to = T.CreateTruncating((share * value) + ((1 - share) * double.CreateTruncating(old)));

    private static void Write<T>(Layout? result, nint* memory, int column, double value)
        where T : unmanaged, INumber<T>
    {
        if (result is not null)
        {
            result.At<T>(memory)[column] = T.CreateTruncating(value);
        }
    }
}
