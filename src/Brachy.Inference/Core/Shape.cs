using System.Collections;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>The sizes of a tensor, outermost first. Immutable; equal when all sizes are equal.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<long>
{
    // Processors address 2^47 bytes or a little more. Some samplers of libtorch do not survive a failed allocation.
    internal const double MaxElements = 1L << 47;

    private readonly long[]? _sizes;

    private Shape(long[] sizes) => _sizes = sizes;

    /// <summary>The shape of a single number: no dimensions.</summary>
    public static Shape Scalar => default;

    /// <summary>A shape with the given sizes.</summary>
    public static Shape Create(ReadOnlySpan<long> sizes) => new(sizes.ToArray());

    /// <summary>The number of dimensions.</summary>
    public int Rank => Sizes.Length;

    /// <summary>The number of dimensions.</summary>
    public int Length => Sizes.Length;

    /// <summary>The number of dimensions.</summary>
    public int Count => Sizes.Length;

    /// <summary>The product of all sizes; 1 for a scalar.</summary>
    /// <exception cref="ShapeException">The product is too large for any memory.</exception>
    public long NumElements
    {
        get
        {
            // libtorch multiplies in order and cannot go beyond 64 bits on the way to a zero.
            var n = 1.0;
            var exact = 1L;
            foreach (var size in Sizes)
            {
                n *= Math.Max(size, 1);
                exact = unchecked(exact * size);
            }

            return Math.Abs(n) < MaxElements
                ? exact
                : throw new ShapeException($"Shape {this} has {n:g3} elements, more than any memory holds.");
        }
    }

    /// <summary>One size. Takes <c>^1</c> for the last.</summary>
    /// <param name="dim">The dimension, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such dimension.</exception>
    public long this[int dim] => Sizes[dim];

    internal long[] Sizes => _sizes ?? [];

    /// <summary>A shape with these sizes.</summary>
    public static implicit operator Shape(long[] sizes) => new((long[])sizes.Clone());

    /// <summary>A shape with these sizes.</summary>
    public static implicit operator Shape(int[] sizes) => new(Array.ConvertAll(sizes, s => (long)s));

    /// <summary>Whether both have the same sizes.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether any size differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>A new array with the sizes.</summary>
    public long[] ToArray() => (long[])Sizes.Clone();

    /// <summary>The sizes as a span.</summary>
    public ReadOnlySpan<long> AsSpan() => Sizes;

    /// <inheritdoc/>
    public bool Equals(Shape other) =>
        ReferenceEquals(_sizes, other._sizes) || Sizes.AsSpan().SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var size in Sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>The sizes in brackets, as in <c>[2, 3]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Sizes)}]";

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)Sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes ownership of <paramref name="sizes"/>, which must not change afterwards.</summary>
    internal static Shape Own(long[] sizes) => new(sizes);
}
