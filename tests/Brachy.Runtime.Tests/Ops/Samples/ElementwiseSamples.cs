using Brachy.Extending;

namespace Brachy.Tests.Ops.Samples;

public static class ElementwiseSamples
{
    private static readonly Settings s_exact = new GeluSettings("none");
    private static readonly Settings s_tanh = new GeluSettings("tanh");

    private static readonly Primitive[] s_smooth =
        [F.Exp, F.Expm1, F.Log, F.Log1p, F.Sqrt, F.Rsqrt, F.Reciprocal, F.Sin, F.Cos, F.Tan, F.Tanh, F.Sigmoid, F.Erf];

    private static readonly Primitive[] s_notBool = [F.Neg, F.Abs, F.Floor, F.Ceil, F.Round, F.Relu];
    private static readonly Primitive[] s_anyType =
        [F.Sign, F.Square, F.LogicalNot, F.Isnan, F.Isfinite, F.Alias, F.StopGradient, F.Clone, F.Contiguous];
    private static readonly DType[] s_reals = [.. DTypes.All.Where(d => d.IsFloatingPoint())];

    public static IEnumerable<OpSample> All { get; } =
    [
        .. s_smooth.SelectMany(p => Unary(p, DTypes.All)),
        .. s_notBool.SelectMany(p => Unary(p, [.. DTypes.All.Where(d => d != DType.Bool)])),
        .. s_anyType.SelectMany(p => Unary(p, DTypes.All)),
        .. new[] { F.Neg, F.Abs, F.Sign, F.Square, F.Floor, F.Ceil, F.Round, F.Relu, F.Tanh, F.Sigmoid, F.Erf, F.Sin }
            .Select(p => new OpSample(p, "negative values", () => [Make.Real([2, 3])])),
        new(F.Abs, "at zero", () => [Make.Values([3], -1, 0, 1)]) { DifferentiateBy = [] },
        new(F.Round, "halves", () => [Make.Values([5], -1.5, -0.5, 0.5, 1.5, 2.5)]),
        new(F.Isnan, "not a number", () => [Make.Values([3], double.NaN, double.PositiveInfinity, 0)]),
        new(F.Isfinite, "not finite", () => [Make.Values([4], double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0)]),
        new(F.Exp, "plain integer", () => [2]),
        new(F.Exp, "plain truth value", () => [true]),
        CustomVjp(1), CustomVjp(2), CustomJvp(1), CustomJvp(2), Recomputed(),
        new(F.Barrier, "one", () => [Make.Real([2, 3])], new BarrierSettings(1)),
        new(F.Barrier, "two", () => [Make.Real([2, 3]), Make.Real([2], seed: 5)], new BarrierSettings(2)),
        new(F.CheckpointName, "one", () => [Make.Real([2, 3])], new CheckpointNameSettings("name")),
        new(F.Alias, "plain number", () => [2.5]),
        new(F.Contiguous, "transposed", () => [F.transpose(Make.Real([2, 3]), 0, 1)]),
        .. Unary(F.Gelu, s_reals, s_exact),
        .. Unary(F.Gelu, s_reals, s_tanh),
        .. Unary(F.Silu, s_reals),
        new(F.Silu, "negative values", () => [Make.Real([2, 3])]),
        new(F.Gelu, "negative values", () => [Make.Real([2, 3])], s_exact),
        new(F.Gelu, "negative values, tanh", () => [Make.Real([2, 3])], s_tanh),
        .. Backward(F.ThresholdBackward, null),
        .. Backward(F.TanhBackward, null),
        .. Backward(F.SigmoidBackward, null),
        .. Backward(F.SiluBackward, null),
        .. Backward(F.GeluBackward, s_exact),
        .. Backward(F.GeluBackward, s_tanh),
        .. DTypes.All.SelectMany(
            from => DTypes.All.Select(to => Cast($"{from.Name()} to {to.Name()}", () => [Make.Positive([2, 3], from)], to))),
        Cast("number", () => [2.5], DType.Int64),
        Cast("empty", () => [Make.Real([0, 2])], DType.Float16) with { DifferentiateBy = [] },
        new(F.ToDevice, "same device", () => [Make.Real([2])], new ToDeviceSettings(Device.CPU)),
        new(F.ToDevice, "number", () => [3], new ToDeviceSettings(Device.CPU)),
    ];

    /// <summary>
    /// Of results, an argument and a residual: operands of their own here, so that the true gradient by the argument is 0.
    /// </summary>
    private static OpSample CustomVjp(int results) => new(
        F.CustomGradient, $"{results} results", () => [.. Enumerable.Range(0, results + 2).Select(i => Make.Real([2, 3], seed: i))],
        new CustomGradientSettings(new ZeroGradient(results)))
    {
        DifferentiateBy = [results],
        NoAutograd = "libtorch sees that the result does not depend on the argument",
    };

    /// <summary>Of results and an argument: operands of their own here, so that the true derivative is 0.</summary>
    private static OpSample CustomJvp(int results) => new(
        F.CustomTangent, $"{results} results", () => [.. Enumerable.Range(0, results + 1).Select(i => Make.Real([2, 3], seed: i))],
        new CustomTangentSettings(new ZeroTangent(results)))
    {
        DifferentiateBy = [results],
        NoAutograd = "libtorch sees that the result does not depend on the argument",
    };

    /// <summary>Of a result, what it was computed from and a value that was kept: the result is an operand of its own here.</summary>
    private static OpSample Recomputed()
    {
        using var trace = Brachy.Trace.BeginGraph("a sample");
        var x = trace.Argument(new TensorType([2, 3], DType.Float64), "x");
        var kept = F.exp(x);
        var y = kept * x;
        var graph = Brachy.Compilation.Graph.FromOps([.. trace.Ops], [x], [y, kept]);
        return new(
            F.Checkpoint, "a product",
            () => [Make.Real([2, 3]) * F.exp(Make.Real([2, 3])), F.exp(Make.Real([2, 3])), Make.Real([2, 3])],
            new RecomputationSettings(new GraphRecomputation("a sample", graph, 1, isRecorded: false)))
        {
            DifferentiateBy = [2],
            Through = inputs => [inputs[2] * F.exp(inputs[2]), F.exp(inputs[2]), inputs[2]],
            NoAutograd = "libtorch differentiates through the operands",
        };
    }

    private static IEnumerable<OpSample> Unary(Primitive primitive, IReadOnlyList<DType> dtypes, Settings? attributes = null)
    {
        var kind = attributes is null ? "" : $"{attributes} ";
        foreach (var dtype in dtypes)
        {
            yield return new(primitive, $"{kind}{dtype.Name()}", () => [Make.Positive([2, 3], dtype)], attributes);
        }

        yield return new(primitive, $"{kind}0-dim", () => [Make.Positive([])], attributes);
        yield return new(primitive, $"{kind}empty", () => [Make.Positive([2, 0])], attributes);
        yield return new(primitive, $"{kind}number", () => [0.75], attributes);
    }

    private static IEnumerable<OpSample> Backward(Primitive primitive, Settings? attributes)
    {
        var kind = attributes is null ? "" : $"{attributes} ";
        foreach (var dtype in s_reals)
        {
            yield return new(
                primitive, $"{kind}{dtype.Name()}", () => [Make.Real([2, 3], dtype), Make.Real([2, 3], dtype, seed: 5)], attributes);
        }

        yield return new(primitive, $"{kind}0-dim", () => [Make.Real([]), Make.Real([], seed: 5)], attributes);
    }

    // In float64 only a cast to float64 can be checked by finite differences; narrower types round the differences away.
    private static OpSample Cast(string name, Func<Tensor[]> inputs, DType dtype) =>
        new(F.Cast, name, inputs, new CastSettings(dtype)) { DifferentiateBy = dtype == DType.Float64 ? null : [] };

    private sealed class ZeroGradient(int results) : CustomGradient("a sample", results, arguments: 1, residuals: 1)
    {
        protected override Tensor?[] Gradients(Tensor[] cotangents, Tensor[] residuals) =>
            [0 * cotangents.Aggregate((a, b) => a + b) * residuals[0]];
    }

    private sealed class ZeroTangent(int results) : CustomTangent("a sample", results, arguments: 1)
    {
        protected override Tensor?[] Tangents(Tensor[] arguments, Tensor[] results, Tensor[] tangents) =>
            [.. results.Select(result => 0 * tangents[0] * arguments[0])];
    }
}
