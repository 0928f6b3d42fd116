namespace Brachy.Compilation;

/// <summary>A piece of the memory of a vector program: an input, a constant, a new result, or a part of the scratch memory.</summary>
/// <param name="memory">Which of the program's pointers leads there.</param>
/// <param name="bytes">The size.</param>
/// <param name="firstUse">The instruction that writes it.</param>
internal sealed class Allocation(int memory, long bytes, int firstUse)
{
    public int Memory { get; set; } = memory;

    public long Bytes { get; } = bytes;

    /// <summary>The first instruction that uses it.</summary>
    public int FirstUse { get; set; } = firstUse;

    /// <summary>The last instruction that uses it.</summary>
    public int LastUse { get; set; } = firstUse;

    /// <summary>Where it begins, in bytes; not 0 in scratch memory only.</summary>
    public long Offset { get; set; }
}

/// <summary>Where the elements of a value lie.</summary>
/// <param name="allocation">The memory.</param>
/// <param name="offset">The position of the first element in it, in elements.</param>
/// <param name="dtype">The element type.</param>
/// <param name="shape">The sizes.</param>
/// <param name="strides">For each dim the distance of neighbours, in elements.</param>
internal sealed class Layout(Allocation allocation, long offset, DType dtype, Shape shape, long[] strides)
{
    public Allocation Allocation { get; } = allocation;

    public long Offset { get; } = offset;

    public DType DType { get; } = dtype;

    public Shape Shape { get; } = shape;

    public long[] Strides { get; } = strides;

    /// <summary>The number of elements; <see cref="VectorCompiler"/> uses no larger layouts.</summary>
    public int Count { get; } = (int)Math.Min(shape.NumElements, int.MaxValue);

    /// <summary>Whether the elements lie in row-major order without gaps.</summary>
    public bool IsDense { get; } = HaveNoGaps(shape, strides);

    /// <summary>A layout in row-major order.</summary>
    public static Layout Dense(Allocation allocation, DType dtype, Shape shape) => new(allocation, 0, dtype, shape, DenseStrides(shape));

    /// <summary>The same elements of a dense layout in another shape.</summary>
    public Layout Reshaped(Shape shape) => Part(0, shape, DenseStrides(shape));

    /// <summary>The same elements, repeated along dims that are missing or of size 1.</summary>
    public Layout Broadcast(Shape shape)
    {
        var strides = new long[shape.Rank];
        var missing = shape.Rank - Shape.Rank;
        for (var d = missing; d < shape.Rank; d++)
        {
            strides[d] = Shape[d - missing] == 1 ? 0 : Strides[d - missing];
        }

        return Part(0, shape, strides);
    }

    /// <summary>The same elements with the dims in another order.</summary>
    public Layout Permuted(long[] dims) =>
        Part(0, Shape.Own(Array.ConvertAll(dims, d => Shape[(int)d])), Array.ConvertAll(dims, d => Strides[d]));

    /// <summary>Elements of this layout.</summary>
    /// <param name="start">The first, counted in elements of the memory from this layout's first.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="strides">The distances.</param>
    public Layout Part(long start, Shape shape, long[] strides) => new(Allocation, Offset + start, DType, shape, strides);

    /// <summary>The first element.</summary>
    public unsafe T* At<T>(nint* memory)
        where T : unmanaged => (T*)(memory[Allocation.Memory] + (nint)Allocation.Offset) + Offset;

    /// <summary>The address of the first element.</summary>
    public unsafe nint Address(nint* memory) => memory[Allocation.Memory] + (nint)(Allocation.Offset + (Offset * DType.ItemSize()));

    /// <summary>The elements of a dense layout.</summary>
    public unsafe Span<T> Span<T>(nint* memory)
        where T : unmanaged => new(At<T>(memory), Count);

    /// <summary>Some elements of a dense layout.</summary>
    public unsafe Span<T> Span<T>(nint* memory, int first, int count)
        where T : unmanaged => new(At<T>(memory) + first, count);

    private static long[] DenseStrides(Shape shape)
    {
        var strides = new long[shape.Rank];
        var stride = 1L;
        for (var d = shape.Rank - 1; d >= 0; d--)
        {
            strides[d] = stride;
            stride *= shape[d];
        }

        return strides;
    }

    private static bool HaveNoGaps(Shape shape, long[] strides)
    {
        var expected = 1L;
        for (var d = shape.Rank - 1; d >= 0; d--)
        {
            if (shape[d] != 1 && strides[d] != expected)
            {
                return false;
            }

            expected *= shape[d];
        }

        return true;
    }
}
