using System.Numerics;
using System.Runtime.CompilerServices;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Reads and writes of elements that tensors of indices name.</summary>
internal static unsafe class IndexKernels
{
    public static bool Embedding(VectorArgs x) => Select(x, 0);

    public static bool IndexSelect(VectorArgs x, DimSettings settings) =>
        x[0].Shape.Rank > 0 && Select(x, Dims.Normalize("index_select", settings.Dim, x[0].Shape.Rank));

    /// <summary>Writes whole rows. Only for one tensor of indices.</summary>
    public static bool IndexPut(VectorArgs x, IndexPutSettings settings)
    {
        if (x.Count != 3 || x[2].DType != DType.Int64 || x.IsNumber(1))
        {
            return false;
        }

        return x.OfType(x[0].DType, settings, IndexPut<float>, IndexPut<double>, IndexPut<long>);
    }

    private static bool Select(VectorArgs x, int dim)
    {
        if (x[1].DType != DType.Int64)
        {
            return false;
        }

        var (source, index) = (x.Dense(0), x.Dense(1));
        var target = x.Result();
        var size = source.Shape[dim];
        var row = (int)source.Shape.Skip(dim + 1).Aggregate((long)source.DType.ItemSize(), (n, s) => n * s);
        var outer = source.Count / (size * (row / source.DType.ItemSize()));
        var layout = $"{x.Op}: dim {dim} of {x.Types[0]}";
        x.Add(memory =>
        {
            var from = Bytes(source, memory);
            var to = Bytes(target, memory);
            var chosen = index.At<long>(memory);
            for (var o = 0; o < outer; o++)
            {
                for (var i = 0; i < index.Count; i++, to += row)
                {
                    Require(chosen[i] >= 0 && chosen[i] < size, layout, chosen[i]);
                    new Span<byte>(from + (((o * size) + chosen[i]) * row), row).CopyTo(new Span<byte>(to, row));
                }
            }
        });
        return true;
    }

    private static bool IndexPut<T>(VectorArgs x, IndexPutSettings settings)
        where T : unmanaged, INumber<T>
    {
        var (table, index) = (x[0], x.Dense(2));
        var values = x.Dense(x[1].Broadcast([.. index.Shape, .. table.Shape.Skip(1)]));
        var target = x.Result();
        var isInPlace = ReferenceEquals(target.Allocation, table.Allocation);
        if (!isInPlace)
        {
            x.Add(CopyKernels.Copy(table, target));
        }

        var size = table.Shape[0];
        var row = (int)(table.Count / size);
        var adds = settings.Accumulate;
        var layout = $"index_put: dim 0 of {x.Types[0]}";
        x.Add(memory =>
        {
            var from = values.At<T>(memory);
            var to = target.At<T>(memory);
            var chosen = index.At<long>(memory);
            for (var i = 0; i < index.Count; i++)
            {
                Require(chosen[i] >= -size && chosen[i] < size, layout, chosen[i]);
            }

            for (var i = 0; i < index.Count; i++)
            {
                var start = to + ((chosen[i] < 0 ? chosen[i] + size : chosen[i]) * row);
                var source = new ReadOnlySpan<T>(from + ((long)i * row), row);
                var written = new Span<T>(start, row);
                if (adds)
                {
                    System.Numerics.Tensors.TensorPrimitives.Add(written, source, written);
                }
                else
                {
                    source.CopyTo(written);
                }
            }
        });
        return true;
    }

    private static byte* Bytes(Layout layout, nint* memory) => layout.DType.ItemSize() switch
    {
        1 => layout.At<byte>(memory),
        4 => (byte*)layout.At<float>(memory),
        _ => (byte*)layout.At<double>(memory),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Require(bool isInside, string layout, long index)
    {
        if (!isInside)
        {
            throw new NativeOpException($"{layout} has no index {index}.");
        }
    }
}
