using System.Numerics;
using System.Numerics.Tensors;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Gradients of tables whose rows are looked up.</summary>
internal static unsafe class TableKernels
{
    public static bool EmbeddingGradient(VectorArgs x, EmbeddingBackwardSettings settings) =>
        x.OfType(x.Output().DType, settings, EmbeddingGradient<float>, EmbeddingGradient<double>);

    private static bool EmbeddingGradient<T>(VectorArgs x, EmbeddingBackwardSettings settings)
        where T : unmanaged, INumber<T>
    {
        if (x.IsNumber(0) || x.IsNumber(1) || x[1].DType != DType.Int64)
        {
            return false;
        }

        var (gradient, index) = (x.Dense(0), x.Dense(1));
        var target = x.Result();
        var (rows, padding) = (settings.Rows, settings.PaddingIdx);
        var width = target.Count / (int)rows;
        x.Add(memory =>
        {
            var from = gradient.Span<T>(memory);
            var to = target.Span<T>(memory);
            var numbers = index.Span<long>(memory);
            to.Clear();
            for (var i = 0; i < numbers.Length; i++)
            {
                var number = numbers[i];
                if (number < 0 || number >= rows)
                {
                    throw new NativeOpException($"embedding_dense_backward: the table has {rows} rows, and none of number {number}.");
                }

                if (number != padding)
                {
                    var row = to.Slice((int)number * width, width);
                    TensorPrimitives.Add(row, from.Slice(i * width, width), row);
                }
            }
        });
        return true;
    }
}
