using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// The border that a convolution sees around its input: numbers of zeros, or a word. Converts from one number for all dims, from a pair,
/// triple, list or size, and from <c>"valid"</c> (none) and <c>"same"</c> (as many as give a result of the input's size, the odd one at
/// the end; that needs stride 1): <c>F.conv2d(x, w, padding: 1)</c>, <c>F.conv2d(x, w, padding: (1, 0))</c>,
/// <c>F.conv2d(x, w, padding: "same")</c>.
/// </summary>
[CollectionBuilder(typeof(ConvPadding), nameof(Create))]
public readonly struct ConvPadding : IEquatable<ConvPadding>
{
    private readonly long[]? _numbers;
    private readonly string? _word;

    private ConvPadding(long[]? numbers, string? word) => (_numbers, _word) = (numbers, word);

    /// <summary>The same number for all dims.</summary>
    public static implicit operator ConvPadding(long size) => new([size], null);

    /// <summary>"same" or "valid".</summary>
    /// <exception cref="ArgumentNullException">There is no word.</exception>
    public static implicit operator ConvPadding(string padding) => new(null, padding ?? throw new ArgumentNullException(nameof(padding)));

    /// <summary>A number for the height and one for the width.</summary>
    public static implicit operator ConvPadding(Size2d size) => new(size.ToArray(), null);

    /// <inheritdoc cref="op_Implicit(Size2d)"/>
    public static implicit operator ConvPadding((long Height, long Width) size) => (Size2d)size;

    /// <summary>A number for the depth, one for the height, and one for the width.</summary>
    public static implicit operator ConvPadding(Size3d size) => new(size.ToArray(), null);

    /// <inheritdoc cref="op_Implicit(Size3d)"/>
    public static implicit operator ConvPadding((long Depth, long Height, long Width) size) => (Size3d)size;

    /// <summary>A number for each dim, or one for all.</summary>
    public static implicit operator ConvPadding(long[] sizes) => Create(sizes);

    /// <inheritdoc cref="op_Implicit(long[])"/>
    public static implicit operator ConvPadding(int[] sizes) => new(Array.ConvertAll(sizes, size => (long)size), null);

    /// <summary>Whether both say the same in the same way.</summary>
    public static bool operator ==(ConvPadding left, ConvPadding right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(ConvPadding left, ConvPadding right) => !left.Equals(right);

    /// <summary>A number for each dim, or one for all.</summary>
    public static ConvPadding Create(ReadOnlySpan<long> sizes) => new(sizes.ToArray(), null);

    /// <summary>The numbers; none for a word.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)(_numbers ?? [])).GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ConvPadding other) => _word == other._word && (_numbers ?? []).AsSpan().SequenceEqual(other._numbers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ConvPadding other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word, (_numbers ?? []).Aggregate(0, HashCode.Combine));

    /// <summary>As it is written in C#.</summary>
    public override string ToString() =>
        _word is not null ? $"\"{_word}\"" : _numbers is [var one] ? $"{one}" : $"[{string.Join(", ", _numbers ?? [])}]";

    /// <summary>A number for each dim; null for "same".</summary>
    /// <param name="dims">The number of spatial dims.</param>
    /// <param name="op">For messages.</param>
    /// <exception cref="ArgumentException">There is no such word, or there are more or fewer numbers.</exception>
    internal long[]? Numbers(int dims, string op) => (_word, _numbers) switch
    {
        ("same", _) => null,
        ("valid", _) or (null, null) => new long[dims],
        (null, [var one]) => [.. Enumerable.Repeat(one, dims)],
        (null, { } numbers) when numbers.Length == dims => [.. numbers],
        (null, { } numbers) =>
            throw new ArgumentException($"{op}: padding must hold one number, or one for each of {dims} dims, but is {this}.", "padding"),
        _ => throw new ArgumentException($"{op}: padding must be \"same\", \"valid\" or numbers, but is {this}.", "padding"),
    };
}
