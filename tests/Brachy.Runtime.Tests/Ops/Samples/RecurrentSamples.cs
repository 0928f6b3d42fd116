namespace Brachy.Tests.Ops.Samples;

/// <summary>
/// Recurrent layers. In float64 they run step by step; FusedLstmTests has what the kernels keep, which is not the same from run to run.
/// </summary>
public static class RecurrentSamples
{
    private const string NoHistory = "the kernels run steps on tensors without history";

    public static IEnumerable<OpSample> All =>
    [
        Layer("three steps", reverse: false, () => Operands(3, 2, 3, 2)),
        Layer("from the end", reverse: true, () => Operands(3, 2, 3, 2)),
        Layer("one step", reverse: false, () => Operands(1, 1, 2, 3)),
        Layer("float32", reverse: false, () => Operands(5, 3, 4, 6, DType.Float32)),
        Layer("float32 from the end", reverse: true, () => Operands(5, 3, 4, 6, DType.Float32)),
        Layer("float32, other strides", reverse: false, () => Strided(Operands(5, 3, 4, 6, DType.Float32))),
        Backward("three steps", reverse: false, () => Operands(3, 2, 3, 2)),
        Backward("from the end", reverse: true, () => Strided(Operands(2, 2, 2, 3))),
    ];

    private static OpSample Layer(string name, bool reverse, Func<Tensor[]> operands) =>
        new(F.LstmLayer, name, operands, new LstmLayerSettings(reverse, 0)) { NoAutograd = NoHistory };

    private static OpSample Backward(string name, bool reverse, Func<Tensor[]> operands) =>
        new(
            F.LstmLayerBackward, name,
            () =>
            {
                var x = operands();
                var results = F.LstmLayer.BindAll(new LstmLayerSettings(reverse, 0), x);
                return [.. x, .. results, .. results.Select((result, i) => Make.Real(result.shape, result.dtype, 40 + i))];
            },
            new LstmLayerBackwardSettings(reverse))
        {
            NoAutograd = NoHistory,
            DifferentiateBy = [0, 1, 2, 3, 4, 5, 9, 10, 11],
        };

    private static Tensor[] Operands(long length, long batch, long input, long size, DType dtype = DType.Float64) =>
    [
        Make.Real([length, batch, input], dtype, 1), Make.Real([4 * size, input], dtype, 2), Make.Real([4 * size, size], dtype, 3),
        Make.Real([4 * size], dtype, 4), Make.Real([batch, size], dtype, 5), Make.Real([batch, size], dtype, 6),
    ];

    private static Tensor[] Strided(Tensor[] operands) => Array.ConvertAll(
        operands, x => x.ndim < 2 ? x : F.transpose(F.contiguous(F.transpose(x, 0, 1)), 0, 1));
}
