using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brachy.CompilerServices;

namespace Brachy.Data;

/// <summary>Arrays as tensors, whatever their rank.</summary>
internal static class ArrayTensor
{
    /// <summary>A tensor with a copy of the numbers.</summary>
    /// <param name="values">Numbers in an array of any rank, or arrays of such arrays that are all of one size.</param>
    /// <param name="argument">What the caller calls it.</param>
    /// <exception cref="DTypeException">No tensor has such elements.</exception>
    /// <exception cref="ShapeException">Inner arrays differ in size, or one is null; or there are too many numbers.</exception>
    public static Tensor Of(Array values, string argument)
    {
        ArgumentNullException.ThrowIfNull(values, argument);
        var element = values.GetType().GetElementType()!;
        while (element.IsArray)
        {
            element = element.GetElementType()!;
        }

        return element switch
        {
            _ when element == typeof(float) => Of<float>(values, argument),
            _ when element == typeof(double) => Of<double>(values, argument),
            _ when element == typeof(long) => Of<long>(values, argument),
            _ when element == typeof(int) => Of<int>(values, argument),
            _ when element == typeof(short) => Of<short>(values, argument),
            _ when element == typeof(sbyte) => Of<sbyte>(values, argument),
            _ when element == typeof(byte) => Of<byte>(values, argument),
            _ when element == typeof(bool) => Of<bool>(values, argument),
            _ when element == typeof(Half) => Of<Half>(values, argument),
            _ => throw new DTypeException(
                $"'{argument}' is {TypeText.Of(values.GetType())}, and no tensor has elements of {TypeText.Of(element)}. Say how they "
                + "become tensors: Batches.Of(items, options, rows => rows.Values(item => …)), or rows.Rows, rows.Stack."),
        };
    }

    private static Tensor Of<T>(Array values, string argument)
        where T : unmanaged
    {
        var shape = ShapeOf(values, argument).ToArray();
        var count = shape.Aggregate(1.0, (product, size) => product * size);
        if (count > Array.MaxLength)
        {
            throw new ShapeException(
                $"'{argument}' has {count:0} numbers, and can have {Array.MaxLength} at most; take Batches.OfTensors, or a list of rows.");
        }

        if (values.GetType().GetElementType() == typeof(T))
        {
            return Tensor.FromArray(Span<T>(values), shape);
        }

        var all = new T[(int)count];
        Fill<T>(values, shape, all, argument);
        return Tensor.FromArray(all, shape);
    }

    /// <summary>The sizes of the array, and behind them those of the first array in it.</summary>
    private static List<long> ShapeOf(Array values, string argument)
    {
        var shape = Enumerable.Range(0, values.Rank).Select(values.GetLongLength).ToList();
        if (values.GetType().GetElementType()!.IsArray && values.LongLength > 0)
        {
            var first = Inner(values).First() ?? throw Null(argument, 0);
            shape.AddRange(ShapeOf(first, argument));
        }

        return shape;
    }

    /// <summary>Copies the numbers, row after row.</summary>
    private static void Fill<T>(Array values, ReadOnlySpan<long> shape, Span<T> target, string argument)
        where T : unmanaged
    {
        if (values.GetType().GetElementType() == typeof(T))
        {
            Span<T>(values).CopyTo(target);
            return;
        }

        var inner = shape[values.Rank..];
        var (i, length) = (0, values.Length == 0 ? 0 : target.Length / values.Length);
        foreach (var row in Inner(values))
        {
            var sizes = ShapeOf(row ?? throw Null(argument, i), argument).ToArray();
            if (!inner.SequenceEqual(sizes))
            {
                throw new ShapeException(
                    $"'{argument}': its first row is {(Shape)inner.ToArray()}, and row {i} is {(Shape)sizes}. Pad them to one "
                    + "length, or make batches of the rows by a function: Batches.Of(rows, options, …).");
            }

            Fill(row, inner, target.Slice(i * length, length), argument);
            i++;
        }
    }

    private static IEnumerable<Array?> Inner(Array values) => values.Cast<Array?>();

    private static ShapeException Null(string argument, int row) => new($"'{argument}': row {row} is null.");

    private static ReadOnlySpan<T> Span<T>(Array values)
        where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);
}
