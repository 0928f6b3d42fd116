using Brachy.Compilation;
using Brachy.Extending;
using static Brachy.Tests.Ops.Samples.Given;
using Loop = Brachy.Control;

namespace Brachy.Tests.Ops.Samples;

/// <summary>Loops and choices.</summary>
public static class ControlSamples
{
    private const string NoHistory = "the kernels run bodies on tensors without history";

    private static readonly Func<Tensor[]> s_operands = () => [Make.Real([2]), Make.Real([3, 2], seed: 5), Make.Real([2, 2], seed: 6)];

    public static IEnumerable<OpSample> All =>
    [
        Row(F.Scan, "forward", s_operands, x => Scanned(x, reverse: false)),
        Row(F.Scan, "backward", s_operands, x => Scanned(x, reverse: true)),
        Row(F.Scan, "one step", () => [Make.Real([2]), Make.Real([1, 2], seed: 5), Make.Real([2, 2], seed: 6)], x => Scanned(x, false)),
        Row(F.Scan, "float32", () => [Float32(1, 2), Float32(2, 3, 2), Float32(3, 2, 2)], x => Scanned(x, reverse: false)),
        Row(
            F.While, "until large", () => [Make.Positive([2]), Make.Positive([2], seed: 7)],
            x => [Loop.While(s => s.A.sum() < 20, s => (s.A * (1 + s.B), s.B), (A: x[0], B: x[1]), maxSteps: 30).A]),
        Row(
            F.While, "any number of steps", () => [Make.Positive([2])],
            x => [Loop.While(s => s.sum() < 20, s => s * 1.5, x[0])]) with { DifferentiateBy = [] },
        Row(
            F.Switch, "true", () => [Truths(true), Make.Positive([3])],
            x => [Loop.Cond(x[0], F.log, y => y * y, x[1])]),
        Row(
            F.Switch, "false", () => [Truths(false), Make.Real([3])],
            x => [Loop.Cond(x[0], F.log, y => y * y, x[1])]),
        Row(
            F.Switch, "one of three", () => [F.full([], 1, DType.Int64), Make.Real([3])],
            x => [Loop.Switch<Tensor, Tensor>(x[0], [y => y, F.sin, y => y * 2], x[1])]),
    ];

    private static Tensor[] Scanned(Tensor[] x, bool reverse)
    {
        var (h, ys) = Loop.Scan(
            (Tensor state, Tensor slice) =>
            {
                var next = F.tanh((x[2] * state).sum([1]) + slice);
                return (next, next * state);
            },
            x[0], x[1], reverse);
        return [h, ys];
    }

    private static Tensor Truths(bool value) => F.full([], value, DType.Bool);

    /// <summary>The use of the primitive that a function records.</summary>
    private static OpSample Row(Primitive primitive, string name, Func<Tensor[]> inputs, Func<Tensor[], Tensor[]> function)
    {
        using var trace = Trace.BeginGraph(name);
        var arguments = inputs().Select((input, i) => trace.Argument(input.Type, $"{i}")).ToArray();
        function(arguments);
        var op = trace.Ops.Single(op => op.Primitive == primitive);
        var order = op.Inputs.Select(input => Array.FindIndex(arguments, argument => ReferenceEquals(argument, input))).ToArray();
        return new OpSample(primitive, name, () => [.. order.Select(i => inputs()[i])], op.Settings) { NoAutograd = NoHistory };
    }
}
