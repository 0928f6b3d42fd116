using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>What is done with a product while it is in the cache.</summary>
internal unsafe interface IEpilogue<T>
    where T : unmanaged
{
    /// <summary>Whether a function comes last that is best applied to a tile without gaps.</summary>
    bool HasFunction { get; }

    /// <summary>Finishes a tile.</summary>
    /// <param name="tile">The first element.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="place">Where the tile begins in the result, in elements.</param>
    /// <param name="resultStride">From one row of the result to the next.</param>
    /// <param name="column">The first column.</param>
    void Apply(T* tile, nint stride, int rows, int columns, nint place, nint resultStride, int column);
}

/// <summary>What is done with a product of real numbers: something is added, then comes a function of each element.</summary>
/// <param name="term">What is added to each element, laid out as the result; null for nothing.</param>
/// <param name="bias">What is added to each column; null for nothing.</param>
/// <param name="isRelu">Whether negative numbers become 0.</param>
/// <param name="function">Another function, of so many elements in place; null for none.</param>
internal readonly unsafe struct Epilogue<T>(T* term, T* bias, bool isRelu, delegate*<T*, int, void> function)
    : IEpilogue<T>
    where T : unmanaged
{
    public bool IsNothing { get; } = term is null && bias is null && !isRelu && function is null;

    /// <inheritdoc/>
    public bool HasFunction => function is not null;

    /// <inheritdoc/>
    public void Apply(T* tile, nint stride, int rows, int columns, nint place, nint resultStride, int column)
    {
        if (IsNothing)
        {
            return;
        }

        if (term is null && bias is null && !isRelu && stride == columns)
        {
            function(tile, rows * columns);
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            Add(tile, term is null ? null : term + place + (row * resultStride), bias is null ? null : bias + column, columns);
            if (function is not null && stride != columns)
            {
                function(tile, columns);
            }

            tile += stride;
        }

        // Of a tile without gaps the elements are computed side by side.
        if (function is not null && stride == columns)
        {
            function(tile - (rows * stride), rows * columns);
        }
    }

    private void Add(T* row, T* terms, T* biases, int columns)
    {
        var i = 0;
        for (; i <= columns - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            Finish(Vector512.Load(row + i), terms + i, biases + i).Store(row + i);
        }

        if (i == columns)
        {
            return;
        }

        var rest = columns - i;
        var buffer = stackalloc T[3 * Vector512<T>.Count];
        var second = buffer + Vector512<T>.Count;
        var third = second + Vector512<T>.Count;
        new Span<T>(buffer, 3 * Vector512<T>.Count).Clear();
        new Span<T>(row + i, rest).CopyTo(new(buffer, rest));
        if (term is not null)
        {
            new Span<T>(terms + i, rest).CopyTo(new(second, rest));
        }

        if (bias is not null)
        {
            new Span<T>(biases + i, rest).CopyTo(new(third, rest));
        }

        Finish(Vector512.Load(buffer), second, third).Store(buffer);
        new Span<T>(buffer, rest).CopyTo(new(row + i, rest));
    }

    private Vector512<T> Finish(Vector512<T> x, T* terms, T* biases)
    {
        x = term is null ? x : x + Vector512.Load(terms);
        x = bias is null ? x : x + Vector512.Load(biases);

        // As in libtorch, NaN and -0 stay what they are.
        return isRelu ? Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<T>.Zero), Vector512<T>.Zero, x) : x;
    }
}
