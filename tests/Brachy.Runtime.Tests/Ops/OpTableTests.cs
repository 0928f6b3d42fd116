using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>Runs every row of <see cref="OpSamples"/> through every rule of its primitive.</summary>
public class OpTableTests
{
    private static readonly Dictionary<string, OpSample> s_rows = OpSamples.All.ToDictionary(s => s.ToString());

    public static TheoryData<string> All => [.. s_rows.Keys];

    public static TheoryData<string> Differentiable => [.. s_rows.Values.Where(OpCheck.HasGradient).Select(s => s.ToString())];

    public static TheoryData<string> CheckedByAutograd =>
        [.. s_rows.Values.Where(s => s.NoAutograd is null && OpCheck.HasGradient(s)).Select(s => s.ToString())];

    public static TheoryData<string> TwiceDifferentiable =>
        [.. s_rows.Values.Where(s => s.NoSecondOrder is null && OpCheck.HasGradient(s)).Select(s => s.ToString())];

    public static TheoryData<string> PrimitiveNames => [.. Primitives.All.Select(p => p.Name)];

    [Trait("Category", "Quick")]
    [Theory]
    [MemberData(nameof(PrimitiveNames))]
    public void PrimitiveHasARow(string name)
    {
        var rows = s_rows.Values.Where(s => s.Primitive.Name == name).ToArray();
        Assert.True(rows.Length > 0, $"Primitive '{name}' has no row: add one to the samples of its family.");
        var primitive = Assert.Single(Primitives.All, p => p.Name == name);
        Assert.True(
            primitive.VjpRule.Apply is null || Array.Exists(rows, OpCheck.HasGradient),
            $"Primitive '{name}' has a gradient, but no row with float64 operands that checks it.");
    }

    [Trait("Category", "Quick")]
    [Fact]
    public void EveryRowBelongsToAListedPrimitive() =>
        Assert.All(
            s_rows.Values, s => Assert.True(Primitives.All.Contains(s.Primitive), $"'{s.Primitive.Name}' is not in Primitives.All."));

    [Trait("Category", "Quick")]
    [Theory]
    [MemberData(nameof(All))]
    public void AbstractTypesAreThoseOfTheKernel(string row)
    {
        var sample = s_rows[row];
        foreach (var result in OpCheck.Compute(sample, sample.Inputs()))
        {
            var native = Tensor.FromTorch(result.AsTorch());
            Assert.Equal(native.Type, result.Type);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ScriptComputesWhatTheKernelComputes(string row)
    {
        var sample = s_rows[row];
        var eager = OpCheck.Compute(sample, sample.Inputs());
        var scripted = ScriptedOp.Run(sample, sample.Inputs(), Array.ConvertAll(eager, t => t.Type));
        Assert.Equal(eager.Length, scripted.Length);
        for (var i = 0; i < eager.Length; i++)
        {
            OpCheck.AssertClose(eager[i], scripted[i], OpCheck.Rounding(eager[i].dtype), $"{row}, result {i}");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void BothBackendsComputeWhatTheKernelComputes(string row)
    {
        var sample = s_rows[row];
        var eager = OpCheck.Compute(sample, sample.Inputs());
        foreach (var backend in new[] { Backend.Interpreter, Backend.TorchScript })
        {
            var results = OpCheck.Compiled(sample, sample.Inputs(), backend);
            for (var i = 0; i < eager.Length; i++)
            {
                Assert.Equal(eager[i].Type, results[i].Type);
                OpCheck.AssertClose(
                    eager[i], results[i], sample.RoundingFactor * OpCheck.Rounding(eager[i].dtype), $"{row}, {backend}, result {i}");
            }
        }
    }

    /// <summary>Catches a primitive that hands out memory of an operand without saying so, and wrong in-place scripts.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void MemoryThatIsWrittenOverIsItsOwn(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var eager = OpCheck.Compute(sample, sample.Inputs());
        foreach (var onCopies in new[] { false, true })
        {
            var f = Jit.Compile(
                (Tensor[] tensors) =>
                {
                    var next = 0;
                    var operands = Array.ConvertAll(
                        inputs, x => x.Number is not null ? x : onCopies ? F.clone(tensors[next++]) : tensors[next++]);
                    var results = sample.Primitive.BindUntyped(sample.Settings ?? Settings.None, operands);
                    return Array.ConvertAll(results, r => r.dtype == DType.Bool ? r : F.neg(r));
                },
                name: row);
            var given = inputs.Where(x => x.Number is null).ToArray();
            var results = f.Invoke(given);
            for (var i = 0; i < eager.Length; i++)
            {
                OpCheck.AssertClose(
                    eager[i].dtype == DType.Bool ? eager[i] : F.neg(eager[i]), results[i],
                    sample.RoundingFactor * OpCheck.Rounding(eager[i].dtype), $"{row}, copies {onCopies}, result {i}\n{f.Script}");
            }

            foreach (var (before, after) in sample.Inputs().Where(x => x.Number is null).Zip(given))
            {
                OpCheck.AssertClose(before, after, 0, $"{row}: an operand has changed\n{f.Script}");
            }

            f.ClearCache();
        }
    }

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void VjpAgreesWithFiniteDifferences(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var by = OpCheck.DifferentiableInputs(sample, inputs);
        var weights = OpCheck.Weights(OpCheck.Compute(sample, inputs), seed: 11);
        var expected = OpCheck.Differences(inputs, by, x => OpCheck.WeightedSum(OpCheck.Compute(sample, x), weights));
        var actual = OpCheck.Vjp(sample, inputs, by, weights);
        AssertAllClose(expected, actual, by, sample.Tolerance, row);
    }

    [Theory]
    [MemberData(nameof(CheckedByAutograd))]
    public void VjpAgreesWithAutogradOfLibtorch(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var by = OpCheck.DifferentiableInputs(sample, inputs);
        var weights = OpCheck.Weights(OpCheck.Compute(sample, inputs), seed: 11);
        var expected = OpCheck.Autograd(sample, inputs, by, weights);
        var actual = OpCheck.Vjp(sample, inputs, by, weights);
        AssertAllClose(expected, actual, by, 1e-10, row);
    }

    [Theory]
    [MemberData(nameof(TwiceDifferentiable))]
    public void SecondDerivativeAgreesWithFiniteDifferences(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var by = OpCheck.DifferentiableInputs(sample, inputs);
        var weights = OpCheck.Weights(OpCheck.Compute(sample, inputs), seed: 11);

        // The cotangents take part as operands, so that the gradient by them is checked as well.
        var given = Enumerable.Range(0, weights.Length).Where(i => weights[i] is not null).ToArray();
        Tensor[] operands = [.. inputs, .. given.Select(i => weights[i]!)];
        int[] all = [.. by, .. given.Select((_, k) => inputs.Length + k)];
        Tensor[] First(Tensor[] x)
        {
            var cotangents = (Tensor?[])weights.Clone();
            for (var k = 0; k < given.Length; k++)
            {
                cotangents[given[k]] = x[inputs.Length + k];
            }

            return OpCheck.Vjp(sample, x[..inputs.Length], by, cotangents);
        }

        var directions = OpCheck.Weights(First(operands), seed: 23);
        var expected = OpCheck.Differences(operands, all, x => OpCheck.WeightedSum(First(x), directions));
        var (_, gradients) = Pullback.Differentiate(
            Array.ConvertAll(all, i => operands[i]), aliases => First(OpCheck.Replaced(operands, all, aliases)),
            first => (first, directions));
        var actual = gradients.Select((g, k) => g ?? F.zeros_like(operands[all[k]])).ToArray();
        AssertAllClose(expected, actual, all, sample.Tolerance, row);
    }

    /// <summary>A rule that divides by its cotangent, or branches on its sign, is wrong at 0, or not differentiable there.</summary>
    [Theory]
    [MemberData(nameof(Differentiable))]
    public void VjpIsLinearInItsCotangentAnd0At0(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var by = OpCheck.DifferentiableInputs(sample, inputs);
        var results = OpCheck.Compute(sample, inputs);
        var (one, other) = (OpCheck.Weights(results, seed: 11), OpCheck.Weights(results, seed: 29));
        var (first, second) = (OpCheck.Vjp(sample, inputs, by, one), OpCheck.Vjp(sample, inputs, by, other));
        var nothing = OpCheck.Vjp(sample, inputs, by, Array.ConvertAll(one, w => w is null ? null : F.zeros_like(w)));
        var mixed = OpCheck.Vjp(sample, inputs, by, [.. one.Zip(other, (a, b) => a is null ? null : (2 * a) - (3 * b!))]);
        for (var k = 0; k < by.Length; k++)
        {
            var what = $"{row}, gradient by operand {by[k]}";
            OpCheck.AssertClose((2 * first[k]) - (3 * second[k]), mixed[k], 1e-9, $"{what}, of a sum of cotangents");
            foreach (var (slope, atZero) in first[k].ToArray<double>().Zip(nothing[k].ToArray<double>()))
            {
                Assert.True(atZero == 0 || !double.IsFinite(slope), $"{what}, of a cotangent of zeros, is {atZero}");
            }
        }
    }

    /// <summary>
    /// The derivative of a vjp by its cotangent is the same at every cotangent, and by the operands it is 0 where the cotangent is 0.
    /// </summary>
    [Theory]
    [MemberData(nameof(TwiceDifferentiable))]
    public void VjpHasTheSameDerivativeAtACotangentOfZeros(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        var by = OpCheck.DifferentiableInputs(sample, inputs);
        var weights = OpCheck.Weights(OpCheck.Compute(sample, inputs), seed: 11);
        var given = Enumerable.Range(0, weights.Length).Where(i => weights[i] is not null).ToArray();
        var directions = OpCheck.Weights(OpCheck.Vjp(sample, inputs, by, weights), seed: 23);
        Tensor[] Slopes(Func<Tensor, Tensor> cotangent)
        {
            Tensor[] operands = [.. by.Select(i => inputs[i]), .. given.Select(i => cotangent(weights[i]!))];
            var (_, gradients) = Pullback.Differentiate(
                operands,
                aliases =>
                {
                    var cotangents = (Tensor?[])weights.Clone();
                    for (var k = 0; k < given.Length; k++)
                    {
                        cotangents[given[k]] = aliases[by.Length + k];
                    }

                    return OpCheck.Vjp(sample, OpCheck.Replaced(inputs, by, aliases[..by.Length]), by, cotangents);
                },
                first => (first, directions));
            return [.. gradients.Select((g, k) => g ?? F.zeros_like(operands[k]))];
        }

        var (there, atZero) = (Slopes(w => w), Slopes(w => F.zeros_like(w)));
        for (var k = 0; k < there.Length; k++)
        {
            var expected = k < by.Length ? F.zeros_like(there[k]) : there[k];
            OpCheck.AssertClose(
                expected, atZero[k], 1e-9,
                $"{row}, {(k < by.Length ? $"derivative by operand {by[k]}" : $"by the cotangent of result {given[k - by.Length]}")}");
        }
    }

    private static void AssertAllClose(Tensor[] expected, Tensor[] actual, int[] by, double tolerance, string row)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var k = 0; k < expected.Length; k++)
        {
            OpCheck.AssertClose(expected[k], actual[k], tolerance, $"{row}, gradient by operand {by[k]}");
        }
    }
}
