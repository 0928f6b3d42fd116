using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// Linear layers whose weights are integers of 8 bits, each output with a scale of its own, and whose rows become such integers when they
/// are there. Sums are exact, so that results do not depend on the processor, on threads, or on what other rows there are.
/// </summary>
internal static unsafe class Int8Products
{
    // The sums of more products of 255 and 127 have no room in 32 bits.
    public const long MostInputs = 1 << 16;

    private const int ElementsOfPart = 1 << 15;

    public static bool Linear(VectorArgs x)
    {
        var rows = x[0].Count / x[1].Shape[1];
        return rows < ProductKernels.FewestRowsOfTiles ? Int8Rows.Linear(x, (int)rows)
            : Tiles.SelectIntegers<Rule, bool>(new(x, (int)rows));
    }

    /// <summary>Writes the step that makes integers of rows.</summary>
    /// <param name="x">The operands.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="length">The elements of a row of integers.</param>
    public static (Layout Integers, Layout Quantizations) AddQuantization<T>(VectorArgs x, int rows, int length)
        where T : unmanaged
    {
        var input = x.Dense(0);
        var inner = input.Count / rows;
        var integers = x.Scratch(DType.Float32, [rows, length]);
        var quantizations = x.Scratch(DType.Int64, [rows]);
        var rowsOfPart = Math.Max(1, ElementsOfPart / inner);
        var parts = (rows + rowsOfPart - 1) / rowsOfPart;
        x.Add(memory => ThreadTeam.Run(parts, new QuantizationWork<T>(
            rows, rowsOfPart, inner, length, input.Address(memory), integers.Address(memory), quantizations.Address(memory))));
        return (integers, quantizations);
    }

    private readonly struct QuantizationWork<T>(
        int rows, int rowsOfPart, int inner, int length, nint input, nint integers, nint quantizations) : ITeamWork
        where T : unmanaged
    {
        public void Run(int part, int member)
        {
            for (var row = part * rowsOfPart; row < Math.Min(rows, (part + 1) * rowsOfPart); row++)
            {
                ((RowQuantization*)quantizations)[row] = QuantizedRows.Quantize(
                    new ReadOnlySpan<float>((float*)input + (row * (nint)inner), inner), (T*)integers + (row * (nint)length), length);
            }
        }
    }

    private readonly struct Rule(VectorArgs x, int rows) : IIntegerTileFunction<bool>
    {
        public bool Of<T, TTile>()
            where T : unmanaged
            where TTile : struct, ITile
        {
            var (outputs, inner) = ((int)x[1].Shape[0], (int)x[1].Shape[1]);
            var length = QuantizedRows.Length<T>(inner);
            var size = new ConvolutionSize(1, length, outputs, 1, new(1, 1, 1, 0, 1, 1), new(rows, 1, 1, 0, 1, rows));
            var strips = checked((int)ImageProduct.PackedLength<T, TTile>(size));
            var packed = x.Packed(
                x[1], "integer strips", (strips + (long)outputs) * sizeof(T),
                (from, to) => memory => Pack<T, TTile>(from.At<sbyte>(memory), inner, outputs, (T*)to.Address(memory), strips));
            var (integers, quantizations) = AddQuantization<T>(x, rows, length);
            var scales = x.Dense(2);
            var bias = x.Count > 3 ? x.Dense(3) : null;
            var ends = new ProductEnd<float>(x.Chain.Term is { } term ? x.Dense(x.LayoutOf(term)) : null, null, x.Chain.Function);
            var parts = ImageProduct.Parts<T, TTile>(size, false);
            var threads = Math.Min(parts, KnownProducts.MostThreads(size));
            var scratch = x.Scratch(DType.Float32, [threads, ImageProduct.ScratchLength<T, TTile>(size, false)]);
            var target = x.Result();
            x.Add(memory =>
            {
                var sums = (int*)((T*)packed.Address(memory) + strips);
                var columns = new Int8Columns(scales.At<float>(memory), sums, bias is null ? null : bias.At<float>(memory));
                var epilogue = new Int8Epilogue<T>((RowQuantization*)quantizations.Address(memory), columns, ends.Of(memory));
                ThreadTeam.Shared.Run(
                    Math.Min(threads, ThreadTeam.ThreadsOfCaller), parts, new ImageProductWork<T, TTile, Int8Epilogue<T>>(
                        size, false, new((T*)integers.Address(memory), 0, 0, length), packed.Address(memory), target.Address(memory), false,
                        epilogue, scratch.Address(memory)));
            });
            return true;
        }

        /// <summary>Writes weights, [out, in], strip by strip, then the sum of those of each output.</summary>
        private static void Pack<T, TTile>(sbyte* weight, int inner, int outputs, T* to, int strips)
            where T : unmanaged
            where TTile : struct, ITile
        {
            var (width, length) = (TTile.Columns<T>(), QuantizedRows.Length<T>(inner));
            var sums = (int*)(to + strips);
            new Span<T>(to, strips).Clear();
            for (var output = 0; output < outputs; output++, weight += inner)
            {
                var strip = to + ((nint)(output / width) * length * width) + (output % width);
                sums[output] = 0;
                for (var i = 0; i < inner; i++)
                {
                    sums[output] += weight[i];
                    var element = strip + ((nint)(i / QuantizedRows.PerElement<T>()) * width);
                    if (typeof(T) == typeof(uint))
                    {
                        ((sbyte*)element)[i % QuantizedRows.PerElement<T>()] = weight[i];
                    }
                    else
                    {
                        ((short*)element)[i % QuantizedRows.PerElement<T>()] = weight[i];
                    }
                }
            }
        }
    }
}
