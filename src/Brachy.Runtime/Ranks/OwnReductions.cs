using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>
/// Reductions as functions that MPI calls, where its own do not say what comes out: the largest and the smallest of values of which one
/// is NaN, which libraries answer by the order of the ranks, and sums of small integers, which Open MPI 4.1 does not let wrap around.
/// </summary>
internal static unsafe class OwnReductions
{
    /// <summary>The function for a reduction, or null where MPI's own is right.</summary>
    public static delegate* unmanaged<nint, nint, int*, nint*, void> Of(ReduceOp op, DType type) => (op, type) switch
    {
        (ReduceOp.Max, DType.Float32) => &Max32,
        (ReduceOp.Max, DType.Float64) => &Max64,
        (ReduceOp.Min, DType.Float32) => &Min32,
        (ReduceOp.Min, DType.Float64) => &Min64,
        (ReduceOp.Sum, DType.UInt8) => &SumBytes,
        (ReduceOp.Sum, DType.Int8) => &SumSignedBytes,
        (ReduceOp.Sum, DType.Int16) => &SumShorts,
        _ => null,
    };

    [UnmanagedCallersOnly]
    private static void Max32(nint values, nint result, int* count, nint* type) => Max<float>(values, result, *count);

    [UnmanagedCallersOnly]
    private static void Max64(nint values, nint result, int* count, nint* type) => Max<double>(values, result, *count);

    [UnmanagedCallersOnly]
    private static void Min32(nint values, nint result, int* count, nint* type) => Min<float>(values, result, *count);

    [UnmanagedCallersOnly]
    private static void Min64(nint values, nint result, int* count, nint* type) => Min<double>(values, result, *count);

    [UnmanagedCallersOnly]
    private static void SumBytes(nint values, nint result, int* count, nint* type) => Sum<byte>(values, result, *count);

    [UnmanagedCallersOnly]
    private static void SumSignedBytes(nint values, nint result, int* count, nint* type) => Sum<sbyte>(values, result, *count);

    [UnmanagedCallersOnly]
    private static void SumShorts(nint values, nint result, int* count, nint* type) => Sum<short>(values, result, *count);

    private static void Max<T>(nint values, nint result, int count)
        where T : unmanaged, INumber<T> => TensorPrimitives.Max(Span<T>(values, count), Span<T>(result, count), Span<T>(result, count));

    private static void Min<T>(nint values, nint result, int count)
        where T : unmanaged, INumber<T> => TensorPrimitives.Min(Span<T>(values, count), Span<T>(result, count), Span<T>(result, count));

    private static void Sum<T>(nint values, nint result, int count)
        where T : unmanaged, INumber<T> => TensorPrimitives.Add(Span<T>(values, count), Span<T>(result, count), Span<T>(result, count));

    private static Span<T> Span<T>(nint memory, int count)
        where T : unmanaged => new((void*)memory, count);
}
