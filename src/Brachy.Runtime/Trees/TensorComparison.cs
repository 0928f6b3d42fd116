using System.Globalization;
using TorchSharp;

namespace Brachy.Trees;

/// <summary>Compares the values of two tensors of one type. Nothing is recorded in a trace that is going on.</summary>
internal static class TensorComparison
{
    /// <summary>In what the values differ, or null when they are equal or close enough.</summary>
    /// <exception cref="ConcretizationException">A tensor is traced.</exception>
    public static string? Difference(Tensor left, Tensor right, TreeComparison how)
    {
        Require(left);
        Require(right);
        if (ReferenceEquals(left, right) && how.Tolerance is null or { EqualNaN: true })
        {
            return null;
        }

        using var scope = torch.NewDisposeScope();
        using var leftUse = left.Use();
        using var rightUse = right.Use();
        var (a, b) = (leftUse.Torch, rightUse.Torch);
        var count = how.Tolerance is { } tolerance && left.dtype.IsFloatingPoint()
            ? left.numel() - NativeValue.ReadInt64(torch.isclose(a, b, tolerance.Rtol, tolerance.Atol, tolerance.EqualNaN).sum())
            : CountOfOtherBits(a, b);
        return count == 0 ? null : Message(a, b, count);
    }

    private static string Message(torch.Tensor left, torch.Tensor right, long count)
    {
        if (left.numel() == 1)
        {
            return $"the value is {Number(left)} on the left, {Number(right)} on the right";
        }

        var largest = (left.to(torch.float64) - right.to(torch.float64)).abs().max();
        return string.Create(CultureInfo.InvariantCulture, $"{count} of {left.numel()} values differ, by up to {Number(largest)}");
    }

    private static string Number(torch.Tensor tensor) => NativeValue.ReadDouble(tensor).ToString("g9", CultureInfo.InvariantCulture);

    /// <summary>The number of elements that are not the same bit by bit.</summary>
    private static long CountOfOtherBits(torch.Tensor left, torch.Tensor right)
    {
        // A span holds less than 2^31 bytes.
        const long AtOnce = 1 << 24;
        var (a, b) = (left.cpu().contiguous().flatten(), right.cpu().contiguous().flatten());
        var (length, size) = (a.numel(), (int)a.ElementSize);
        var count = 0L;
        for (var start = 0L; start < length; start += AtOnce)
        {
            var (own, other) = (a.narrow(0, start, Math.Min(AtOnce, length - start)), b.narrow(0, start, Math.Min(AtOnce, length - start)));
            var ownBytes = own.bytes;
            var otherBytes = other.bytes;
            for (var i = ownBytes.CommonPrefixLength(otherBytes) / size * size; i < ownBytes.Length; i += size)
            {
                count += ownBytes.Slice(i, size).SequenceEqual(otherBytes.Slice(i, size)) ? 0 : 1;
            }

            GC.KeepAlive(own);
            GC.KeepAlive(other);
        }

        return count;
    }

    private static void Require(Tensor tensor)
    {
        tensor.ThrowIfUnusable();
        if (tensor.IsTraced)
        {
            throw tensor.Concretization("its values (StructureTree.Diff, ValueEquals or IsClose)");
        }
    }
}
