using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Brachy.Compilation;

/// <summary>
/// Sums of products of small integers, which are exact. Products of tiles take several of them for one element: of <see cref="int"/> two of
/// 16 bits, of <see cref="uint"/> four of 8 bits, those of the left matrix without a sign, those of the right one with it.
/// </summary>
internal static class DotProducts
{
    /// <summary>
    /// Whether the processor multiplies and adds four bytes at once. A native program that was compiled without vectors of 256 bits may
    /// find that out, but has no fast code for them.
    /// </summary>
    public static bool HasBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
#pragma warning disable CA2252 // .NET 8 has these instructions as a preview, which has not changed since.
        get => Vector256.IsHardwareAccelerated && AvxVnni.IsSupported;
#pragma warning restore CA2252
    }

    /// <summary>Adds the products of pairs of 16 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddPairs(Vector512<int> left, Vector512<int> right, Vector512<int> sum) => Avx512BW.IsSupported
        ? sum + Avx512BW.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16())
        : Vector512.Create(
            AddPairs(left.GetLower(), right.GetLower(), sum.GetLower()), AddPairs(left.GetUpper(), right.GetUpper(), sum.GetUpper()));

    /// <inheritdoc cref="AddPairs(Vector512{int}, Vector512{int}, Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddPairs(Vector256<int> left, Vector256<int> right, Vector256<int> sum) => Avx2.IsSupported
        ? sum + Avx2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16())
        : Vector256.Create(
            AddPairs(left.GetLower(), right.GetLower(), sum.GetLower()), AddPairs(left.GetUpper(), right.GetUpper(), sum.GetUpper()));

    /// <inheritdoc cref="AddPairs(Vector512{int}, Vector512{int}, Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddPairs(Vector128<int> left, Vector128<int> right, Vector128<int> sum) => Sse2.IsSupported
        ? sum + Sse2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16())
        : sum + ((left << 16 >> 16) * (right << 16 >> 16)) + ((left >> 16) * (right >> 16));

#pragma warning disable CA2252
    /// <summary>Adds the products of fours of 8 bits, where <see cref="HasBytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> AddBytes(Vector512<uint> left, Vector512<uint> right, Vector512<uint> sum) => Vector512.Create(
        AddBytes(left.GetLower(), right.GetLower(), sum.GetLower()), AddBytes(left.GetUpper(), right.GetUpper(), sum.GetUpper()));

    /// <inheritdoc cref="AddBytes(Vector512{uint}, Vector512{uint}, Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> AddBytes(Vector256<uint> left, Vector256<uint> right, Vector256<uint> sum) =>
        AvxVnni.MultiplyWideningAndAdd(sum.AsInt32(), left.AsByte(), right.AsSByte()).AsUInt32();

    /// <inheritdoc cref="AddBytes(Vector512{uint}, Vector512{uint}, Vector512{uint})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> AddBytes(Vector128<uint> left, Vector128<uint> right, Vector128<uint> sum) =>
        AvxVnni.MultiplyWideningAndAdd(sum.AsInt32(), left.AsByte(), right.AsSByte()).AsUInt32();

    /// <summary>Adds the products of bytes, each to one of the eight sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddAnywhere(Vector256<byte> left, Vector256<sbyte> right, Vector256<int> sum) => HasBytes
        ? AvxVnni.MultiplyWideningAndAdd(sum, left, right)
        : AddPairs(
            Vector256.WidenUpper(left).AsInt32(), Vector256.WidenUpper(right).AsInt32(),
            AddPairs(Vector256.WidenLower(left).AsInt32(), Vector256.WidenLower(right).AsInt32(), sum));
#pragma warning restore CA2252
}
