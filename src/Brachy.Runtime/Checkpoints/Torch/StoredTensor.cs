using System.Runtime.CompilerServices;

namespace Brachy.IO;

/// <summary>
/// A tensor of a checkpoint that was checked but not read: a part of a storage, in elements. Two of the same part of the same
/// memory are equal: they are one weight.
/// </summary>
internal sealed record StoredTensor(TorchMemory Memory, TorchElement Element, long Offset, Shape Size, Shape Stride)
{
    private const int MaxRank = 64;

    // An expanded tensor is longer than its storage; computing with it must not need memory that nothing in the file answers for.
    private const long MaxExpanded = 1L << 24;

    /// <summary>Whether the true elements are the conjugates of those stored.</summary>
    public bool IsConjugate { get; init; }

    /// <summary>Whether the true elements are the negatives of those stored.</summary>
    public bool IsNegative { get; init; }

    /// <summary>Bytes of its elements.</summary>
    public long ByteSize => Size.NumElements * Element.Size;

    /// <summary>Whether no two places share an element; false also for some strides where none do.</summary>
    public bool IsDense
    {
        get
        {
            var expected = 1L;
            for (var i = Size.Rank - 1; i >= 0; i--)
            {
                if (Size[i] != 1 && Stride[i] != expected)
                {
                    return false;
                }

                expected *= Size[i];
            }

            return true;
        }
    }

    /// <summary>What is wrong with sizes, strides or offset: native code reads where they lead. Null for nothing.</summary>
    /// <param name="end">The element behind the last that may be read.</param>
    /// <param name="fileLength">The length of the file.</param>
    public string? FindProblem(long end, long fileLength)
    {
        if (Size.Rank != Stride.Rank || Size.Rank > MaxRank - (Element.IsComplex ? 1 : 0))
        {
            return $"has {Size.Rank} sizes and {Stride.Rank} strides; there may be {MaxRank} of both";
        }

        if (Offset < 0 || Size.Any(s => s < 0) || Stride.Any(s => s < 0))
        {
            return $"has a negative number: sizes {Size}, strides {Stride}, offset {Offset}";
        }

        // The empty dims count as one: libtorch multiplies all sizes and must not overflow on the way to a zero.
        var count = (Int128)1;
        var last = (Int128)Offset;
        for (var i = 0; i < Size.Rank; i++)
        {
            count *= Math.Max(1, Size[i]);
            last += (Int128)Math.Max(0, Size[i] - 1) * Stride[i];
            if (count > 1L << 46)
            {
                return $"has the impossible sizes {Size}";
            }
        }

        if (Size.Contains(0))
        {
            return null;
        }

        if (last >= end)
        {
            return $"reads element {last} of a storage of {end} (sizes {Size}, strides {Stride}, offset {Offset})";
        }

        return count * Element.Size <= Math.Max(fileLength, MaxExpanded)
            ? null
            : $"of {end} elements is expanded to the sizes {Size}, more than the file and {MaxExpanded} bytes";
    }

    /// <summary>By content, except that memory is the object.</summary>
    public bool Equals(StoredTensor? other) =>
        other is not null && ReferenceEquals(Memory, other.Memory) && Element == other.Element && Offset == other.Offset
            && Size == other.Size && Stride == other.Stride && IsConjugate == other.IsConjugate && IsNegative == other.IsNegative;

    public override int GetHashCode() =>
        HashCode.Combine(RuntimeHelpers.GetHashCode(Memory), Element, Offset, Size, Stride, IsConjugate, IsNegative);
}
