using Brachy.Extending;

namespace Brachy.Tests.Ops.Samples;

public static class CreationSamples
{
    public static IEnumerable<OpSample> All { get; } =
    [
        Full("0-dim", [], 2.5, DType.Float32),
        Full("empty", [0, 3], 1, DType.Float32),
        Full("true", [2], true, DType.Bool),
        Full("real cut to integer", [2], -1.5, DType.Int8),
        Full("infinity", [2], double.NegativeInfinity, DType.BFloat16),
        .. DTypes.All.Select(dtype => Full($"one as {dtype.Name()}", [2, 3], 1, dtype)),
        Arange("integers", 0, 5, 1, DType.Int64),
        Arange("backwards", 5, -4, -3, DType.Int32),
        Arange("none", 2, 2, 1, DType.Int64),
        Arange("real, not a multiple", 0.5, 2.2, 0.5, DType.Float32),
        Arange("real numbers cut to integers", 0.5, 5.9, 2.5, DType.Int64),
        Arange("integers as bfloat16", 1, 4, 1, DType.BFloat16),
        LinSpace("five", -1, 1, 5, DType.Float32),
        LinSpace("one", 2, 3, 1, DType.Float64),
        LinSpace("none", 2, 3, 0, DType.Float16),
    ];

    private static OpSample Full(string name, long[] shape, Scalar value, DType dtype) => new(
        F.Full, name, () => [], new FullSettings(shape, value, dtype, Device.CPU));

    private static OpSample Arange(string name, Scalar start, Scalar end, Scalar step, DType dtype) => new(
        F.Arange, name, () => [], new ArangeSettings(start, end, step, dtype, Device.CPU));

    private static OpSample LinSpace(string name, double start, double end, long steps, DType dtype) => new(
        F.LinSpace, name, () => [], new LinSpaceSettings(start, end, steps, dtype, Device.CPU));
}
