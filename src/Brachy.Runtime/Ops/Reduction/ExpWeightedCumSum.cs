using Brachy.Extending;
using Brachy.Native;
using static Brachy.ExpWeightedKernels;

namespace Brachy;

/// <summary>The dim, and the direction.</summary>
internal sealed record ExpWeightedCumSumSettings(long Dim, bool Reverse) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim), ("reverse", Reverse)];
}

// The gradient of a running logarithm of sums, which is one of its own derivatives.
public static partial class F
{
    /// <summary>
    /// e^b times the running sum of x e^a along a dim, without overflow where a + b does not. Linear in x, so that its derivatives by x, a
    /// and b are sums of the same kind, at x = 0 too.
    /// </summary>
    internal static Tensor exp_weighted_cumsum(Tensor x, Tensor a, Tensor b, long dim, bool reverse) =>
        ExpWeightedCumSum.Bind(new ExpWeightedCumSumSettings(dim, reverse), x, a, b);

    internal static readonly Primitive<ExpWeightedCumSumSettings> ExpWeightedCumSum = new("exp_weighted_cumsum")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "x");
            _ = Shapes.NormalizeDim("exp_weighted_cumsum", x.Settings.Dim, x[0].Rank);
            for (var i = 1; i < 3; i++)
            {
                Shapes.RequireSameDType(x, 0, i);
                if (x[i].Shape != x[0].Shape)
                {
                    throw new ShapeException(
                        $"exp_weighted_cumsum: operand {i} is {x[i]}, but operand 0 is {x[0]}; their shapes must be equal.");
                }
            }

            return new TensorType(x[0].Shape, x[0].DType, x.Device);
        },
        Eager = x => ExpWeightedCumSumKernels.Invoke("exp_weighted_cumsum", x[0], x[1], x[2], x.Settings.Dim, x.Settings.Reverse)[0],
        Script = x =>
        {
            string Sum(string amount)
            {
                var logs = x.Let($"torch.log(torch.relu({amount})) + {x[1]}");
                var sums = x.Settings.Reverse
                    ? $"torch.flip(torch.logcumsumexp(torch.flip({logs}, [{x.Settings.Dim}]), {x.Settings.Dim}), [{x.Settings.Dim}])"
                    : $"torch.logcumsumexp({logs}, {x.Settings.Dim})";
                return x.Let($"torch.exp({sums} + {x[2]})");
            }

            return $"{Sum(x[0])} - {Sum($"torch.neg({x[0]})")}";
        },
        Batching = Batching.Dims<ExpWeightedCumSumSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Rule<ExpWeightedCumSumSettings>((g, y, x) =>
        {
            Tensor? byX = null;
            Tensor ByX() => byX ??= exp_weighted_cumsum(g, x[2], x[1], x.Settings.Dim, !x.Settings.Reverse);
            return [x.If(0, ByX), x.If(1, () => x[0] * ByX()), x.If(2, () => g * y)];
        }),
        Jvp = Jvp.Linear(0),
    };
}

/// <summary>The kernels, in TorchScript.</summary>
file static class ExpWeightedKernels
{
    // The parts of either sign are summed as logarithms, since the exponential of a logarithm alone may overflow.
    private const string ExpWeightedCumSumFunctions =
        """
        def exp_weighted_cumsum(x, a, b, dim: int, reverse: bool):
            positive = torch.log(torch.relu(x)) + a
            negative = torch.log(torch.relu(torch.neg(x))) + a
            if reverse:
                positive = torch.flip(torch.logcumsumexp(torch.flip(positive, [dim]), dim), [dim])
                negative = torch.flip(torch.logcumsumexp(torch.flip(negative, [dim]), dim), [dim])
            else:
                positive = torch.logcumsumexp(positive, dim)
                negative = torch.logcumsumexp(negative, dim)
            return [torch.exp(positive + b) - torch.exp(negative + b)]

        """;

    public static readonly EagerScript ExpWeightedCumSumKernels = new(ExpWeightedCumSumFunctions);
}
