using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// The widths of a border, as PyTorch lists them: before and after the last dim, then before and after the one before it, and so on.
/// Converts from lists and tuples: <c>F.pad(x, [1, 1])</c>, <c>F.pad(x, (1, 1, 2, 2))</c>.
/// </summary>
[CollectionBuilder(typeof(PadWidths), nameof(Create))]
public readonly struct PadWidths
{
    private readonly long[]? _widths;

    private PadWidths(long[] widths) => _widths = widths;

    /// <summary>One width for all sides, which layers take: <c>new ReflectionPad2d(1)</c>.</summary>
    public static implicit operator PadWidths(long width) => new([width]);

    /// <summary>Two widths for each dim, the last dim first.</summary>
    public static implicit operator PadWidths(long[] widths) => Create(widths);

    /// <inheritdoc cref="op_Implicit(long[])"/>
    public static implicit operator PadWidths(int[] widths) => new(Array.ConvertAll(widths, width => (long)width));

    /// <inheritdoc cref="op_Implicit(long[])"/>
    public static implicit operator PadWidths(ReadOnlySpan<long> widths) => Create(widths);

    /// <summary>Widths before and after the last dim.</summary>
    public static implicit operator PadWidths((long Left, long Right) widths) => new([widths.Left, widths.Right]);

    /// <summary>Widths before and after the last dim, and the one before it.</summary>
    public static implicit operator PadWidths((long Left, long Right, long Top, long Bottom) widths) =>
        new([widths.Left, widths.Right, widths.Top, widths.Bottom]);

    /// <summary>Widths before and after the last three dims, the last first.</summary>
    public static implicit operator PadWidths((long Left, long Right, long Top, long Bottom, long Front, long Back) widths) =>
        new([widths.Left, widths.Right, widths.Top, widths.Bottom, widths.Front, widths.Back]);

    /// <inheritdoc cref="op_Implicit(long[])"/>
    public static PadWidths Create(ReadOnlySpan<long> widths) => new(widths.ToArray());

    /// <summary>The widths in their order.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)ToArray()).GetEnumerator();

    /// <summary>As a list.</summary>
    public override string ToString() => $"[{string.Join(", ", _widths ?? [])}]";

    internal long[] ToArray() => [.. _widths ?? []];

    /// <summary>Two widths for each of a number of dims, from as many or from one.</summary>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    internal long[] OfSides(int dims, string layer) => ToArray() switch
    {
        [var width] => [.. Enumerable.Repeat(width, 2 * dims)],
        { } widths when widths.Length == 2 * dims => widths,
        _ => throw new ArgumentException($"{layer}: padding must hold one width, or {2 * dims}, but is {this}.", "padding"),
    };
}
