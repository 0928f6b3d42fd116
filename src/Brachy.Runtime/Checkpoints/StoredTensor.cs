using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// A tensor of a checkpoint that was checked but not read: a part of a storage, in elements. Two of the same part of the same
/// storage are equal: they are one weight.
/// </summary>
internal sealed record StoredTensor(TorchStorage Storage, DType DType, long Offset, Shape Size, Shape Stride)
{
    private const int MaxRank = 64;

    // An expanded tensor is longer than its storage; computing with it must not need memory that nothing in the file answers for.
    private const long MaxExpanded = 1L << 24;

    /// <summary>Whether the elements are those of the storage, in order.</summary>
    public bool IsWhole => Offset == 0 && IsDense && Size.NumElements * DType.ItemSize() == Storage.Entry.Length;

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
    public string? FindProblem(long fileLength)
    {
        if (Size.Rank != Stride.Rank || Size.Rank > MaxRank)
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

        var length = Storage.Entry.Length / DType.ItemSize();
        if (Size.Contains(0))
        {
            return null;
        }

        if (last >= length)
        {
            return $"reads element {last} of a storage of {length} (sizes {Size}, strides {Stride}, offset {Offset})";
        }

        return count * DType.ItemSize() <= Math.Max(fileLength, MaxExpanded)
            ? null
            : $"of {length} elements is expanded to the sizes {Size}, more than the file and {MaxExpanded} bytes";
    }

    /// <summary>By content, except that a storage is the object.</summary>
    public bool Equals(StoredTensor? other) => other is not null && ReferenceEquals(Storage, other.Storage) && DType == other.DType
        && Offset == other.Offset && Size == other.Size && Stride == other.Stride;

    public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Storage), DType, Offset, Size, Stride);
}
