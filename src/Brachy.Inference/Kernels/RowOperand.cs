using System.Numerics;

namespace Brachy.Compilation;

/// <summary>
/// An operand of a function of single elements, in the shape and element type of the result: cut as that is, the same row for all rows, a
/// value for each row, or one for all elements.
/// </summary>
internal sealed unsafe class RowOperand<T>
    where T : unmanaged, INumber<T>
{
    // Shorter rows take longer to begin than to repeat them in memory.
    private const int ShortestRow = 16;

    private readonly T _number;
    private readonly Layout? _layout;
    private readonly Kind _kind;

    private RowOperand(Kind kind, Layout? layout, T number, int? width)
    {
        (_kind, _layout, _number, Width) = (kind, layout, number, width);
    }

    private enum Kind
    {
        Number,
        Single,
        Cut,
        Repeated,
        OfRows,
    }

    /// <summary>The elements of a row, where the operand says how many there are.</summary>
    public int? Width { get; }

    /// <summary>What is read row by row.</summary>
    public IEnumerable<Layout> Reads => _kind is Kind.Cut or Kind.OfRows ? [_layout!] : [];

    /// <summary>What is read for all rows.</summary>
    public Layout? Whole => _kind is Kind.Single or Kind.Repeated ? _layout : null;

    /// <summary>The operand of a rule.</summary>
    /// <param name="x">The input of the rule.</param>
    /// <param name="index">Which operand.</param>
    /// <param name="dtype">The element type of the computation.</param>
    /// <param name="width">The elements of a row, where another operand has said so.</param>
    public static RowOperand<T> Of(VectorArgs x, int index, DType dtype, int? width = null)
    {
        if (x.IsNumber(index))
        {
            var number = x.Number(index);
            return new(
                Kind.Number, null,
                number.Kind == ScalarKind.Real ? T.CreateTruncating(number.ToDouble()) : T.CreateTruncating(number.ToInt64()), null);
        }

        var (layout, shape) = (x.Dense(index, dtype), x.Output().Shape);
        if (layout.Count == 1)
        {
            return new(Kind.Single, layout, default, null);
        }

        var (kind, own) = KindOf(layout, shape);
        return kind != Kind.Cut && own >= ShortestRow && (width ?? own) == own
            ? new(kind, layout, default, own)
            : new(Kind.Cut, x.Dense(layout.Broadcast(shape)), default, null);
    }

    /// <summary>The value for all elements of a row; any value for a vector.</summary>
    public T Value(nint* memory, int row) => _kind switch
    {
        Kind.Number => _number,
        Kind.Single => *_layout!.At<T>(memory),
        Kind.OfRows => _layout!.At<T>(memory)[row],
        _ => default,
    };

    /// <summary>The values of a row; of a number none.</summary>
    /// <param name="memory">Where all lies.</param>
    /// <param name="start">The first element of the row in the result.</param>
    /// <param name="width">The elements of the row.</param>
    public ReadOnlySpan<T> Row(nint* memory, int start, int width) => _kind switch
    {
        Kind.Cut => _layout!.Span<T>(memory, start, width),
        Kind.Repeated => _layout!.Span<T>(memory),
        _ => default,
    };

    private static (Kind Kind, int Width) KindOf(Layout layout, Shape shape)
    {
        var total = (int)shape.NumElements;
        if (layout.Count == total)
        {
            return (Kind.Cut, 0);
        }

        // The dims of size 1 come first, or last.
        var missing = shape.Rank - layout.Shape.Rank;
        var first = Enumerable.Range(0, shape.Rank).TakeWhile(d => d < missing || layout.Shape[d - missing] == 1).Count();
        var last = Enumerable.Range(0, shape.Rank).Reverse().TakeWhile(d => d >= missing && layout.Shape[d - missing] == 1).Count();
        return Agree(first, shape.Rank) ? (Kind.Repeated, layout.Count)
            : Agree(0, shape.Rank - last) ? (Kind.OfRows, total / layout.Count) : (Kind.Cut, 0);

        bool Agree(int from, int to) =>
            Enumerable.Range(from, to - from).All(d => d >= missing && layout.Shape[d - missing] == shape[d]);
    }
}
