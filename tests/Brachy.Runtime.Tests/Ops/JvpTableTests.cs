using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>Runs every row of <see cref="OpSamples"/> through the derivative of its primitive in forward mode.</summary>
public class JvpTableTests
{
    private const double Step = 1e-5;

    private static readonly Dictionary<string, OpSample> s_rows =
        OpSamples.All.Where(OpCheck.HasGradient).ToDictionary(s => s.ToString());

    public static TheoryData<string> Differentiable => [.. s_rows.Keys];

    public static TheoryData<string> TwiceDifferentiable =>
        [.. s_rows.Values.Where(s => s.NoSecondOrder is null).Select(s => s.ToString())];

    /// <summary>Of all operands at once and of each alone: against the vjp, and along one direction against finite differences.</summary>
    [Theory]
    [MemberData(nameof(Differentiable))]
    public void JvpIsTheTransposeOfTheVjpAndAgreesWithFiniteDifferences(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var by = OpCheck.DifferentiableInputs(sample, inputs);
        var results = OpCheck.Compute(sample, inputs);
        var weights = OpCheck.Weights(results, seed: 11);
        var gradients = OpCheck.Vjp(sample, inputs, by, weights);
        var directions = Directions(inputs, by);
        int[][] choices = by.Length > 1 ? [[.. Enumerable.Range(0, by.Length)], .. Enumerable.Range(0, by.Length).Select(k => (int[])[k])]
            : [[0]];
        foreach (var chosen in choices)
        {
            var what = $"{row}, by operands {string.Join(", ", chosen.Select(k => by[k]))}";
            var tangents = Jvp(sample, inputs, by, [.. directions.Select((d, k) => chosen.Contains(k) ? d : null)]);
            for (var i = 0; i < results.Length; i++)
            {
                Assert.True(
                    tangents[i] is null || tangents[i]!.Type.Equals(results[i].Type), $"{what}: {tangents[i]?.Type} of {results[i].Type}");
            }

            // What is not a number has any tangent.
            var there = weights.Select((w, i) => w is null ? null : F.where(F.isfinite(results[i]), w, 0)).ToArray();
            var forward = OpCheck.WeightedSum(
                tangents.Select((t, i) => t is null || weights[i] is null ? null : F.where(F.isfinite(results[i]), t, 0)).ToArray(), there);
            var reverse = chosen.Sum(k => OpCheck.WeightedSum([gradients[k]], [directions[k]]));
            AssertClose(reverse, forward, 1e-9, what + " (vjp)");
        }

        var along = Jvp(sample, inputs, by, directions);
        var (above, below) = (Moved(sample, inputs, by, directions, Step), Moved(sample, inputs, by, directions, -Step));
        for (var i = 0; i < results.Length; i++)
        {
            if (weights[i] is not null)
            {
                var isNumber = F.isfinite(results[i]);
                var expected = F.where(isNumber, (above[i] - below[i]) / (2 * Step), 0);
                var actual = F.where(isNumber, along[i] ?? F.zeros_like(results[i]), 0);
                OpCheck.AssertClose(expected, actual, sample.Tolerance, $"{row}, result {i} (differences)");
            }
        }
    }

    /// <summary>The derivative of a gradient, in each mode: they are the same mixed second derivative.</summary>
    [Theory]
    [MemberData(nameof(TwiceDifferentiable))]
    public void ForwardOverReverseIsReverseOverForwardIsReverseOverReverse(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var by = OpCheck.DifferentiableInputs(sample, inputs);
        var weights = OpCheck.Weights(OpCheck.Compute(sample, inputs), seed: 11);
        var directions = Directions(inputs, by);
        Tensor[] wanted = [.. by.Select(i => inputs[i])];
        Tensor[] Vjp(Tensor[] x) => OpCheck.Vjp(sample, OpCheck.Replaced(inputs, by, x), by, weights);

        var (first, forwardOverReverse) = Pushforward.Differentiate(wanted, directions, Vjp, gradients => gradients);
        var (_, reverseOverForward) = Pullback.Differentiate(
            wanted, x => Jvp(sample, OpCheck.Replaced(inputs, by, x), by, directions), tangents =>
            {
                int[] there = [.. Enumerable.Range(0, tangents.Length).Where(i => tangents[i] is not null && weights[i] is not null)];
                return ([.. there.Select(i => tangents[i]!)], [.. there.Select(i => weights[i])]);
            });
        var (_, reverseOverReverse) = Pullback.Differentiate(wanted, Vjp, gradients => (gradients, directions));
        for (var k = 0; k < by.Length; k++)
        {
            var expected = reverseOverReverse[k] ?? F.zeros_like(wanted[k]);
            OpCheck.AssertClose(
                expected, reverseOverForward[k] ?? F.zeros_like(wanted[k]), 1e-8, $"{row}, operand {by[k]}, reverse over forward");
        }

        // Symmetric: along the direction, summed with the direction.
        var (one, other) = (OpCheck.WeightedSum(forwardOverReverse, directions), OpCheck.WeightedSum(reverseOverReverse, directions));
        AssertClose(other, one, 1e-8, $"{row}, forward over reverse");
        for (var k = 0; k < by.Length; k++)
        {
            Assert.Equal(first[k].Type, forwardOverReverse[k]?.Type ?? first[k].Type);
            OpCheck.AssertClose(
                reverseOverReverse[k] ?? F.zeros_like(wanted[k]), forwardOverReverse[k] ?? F.zeros_like(wanted[k]), 1e-8,
                $"{row}, operand {by[k]}, forward over reverse");
        }
    }

    private static Tensor[] Directions(Tensor[] inputs, int[] by) =>
        [.. by.Select((i, k) => Make.Real(inputs[i].shape, inputs[i].dtype, 31 + k) * 0.25)];

    private static Tensor?[] Jvp(OpSample sample, Tensor[] inputs, int[] by, Tensor?[] directions) =>
        Pushforward.Differentiate(
            [.. by.Select(i => inputs[i])], directions, aliases => OpCheck.Compute(sample, OpCheck.Replaced(inputs, by, aliases)),
            results => results).Tangents;

    private static Tensor[] Moved(OpSample sample, Tensor[] inputs, int[] by, Tensor[] directions, double step) =>
        OpCheck.Compute(sample, OpCheck.Replaced(inputs, by, [.. by.Select((i, k) => inputs[i] + (directions[k] * step))]));

    private static void AssertClose(double expected, double actual, double tolerance, string what) => Assert.True(
        expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)),
        $"{what}: expected {expected:R}, got {actual:R}");
}
