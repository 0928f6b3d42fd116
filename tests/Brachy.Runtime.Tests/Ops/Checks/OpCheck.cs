using Brachy.Compilation;
using Brachy.Extending;
using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>The ways in which the table-driven test computes a row and compares results.</summary>
internal static class OpCheck
{
    private const double Step = 1e-5;

    /// <summary>The operands that gradients are checked for.</summary>
    public static int[] DifferentiableInputs(OpSample sample, Tensor[] inputs) =>
        sample.DifferentiateBy
        ?? [.. Enumerable.Range(0, inputs.Length).Where(i => inputs[i].Number is null && inputs[i].dtype.IsFloatingPoint())];

    /// <summary>Whether gradients of a row can be checked: finite differences need float64.</summary>
    public static bool HasGradient(OpSample sample)
    {
        var inputs = sample.Inputs();
        var by = DifferentiableInputs(sample, inputs);
        return sample.Primitive.VjpRule.Apply is not null && by.Length > 0 && Array.TrueForAll(by, i => inputs[i].dtype == DType.Float64);
    }

    public static Tensor[] Compute(OpSample sample, Tensor[] inputs) =>
        sample.Primitive.BindUntyped(sample.Settings ?? Settings.None, sample.Through?.Invoke(inputs) ?? inputs);

    /// <summary>Fixed random weights for the results that are real numbers; null for the others.</summary>
    public static Tensor?[] Weights(IReadOnlyList<Tensor?> results, int seed) =>
        [.. results.Select((r, i) => r is not null && r.dtype.IsFloatingPoint() ? Make.Real(r.shape, r.dtype, seed + i) : null)];

    /// <summary>The vjp of a row by Brachy; zeros where nothing depends on an input.</summary>
    public static Tensor[] Vjp(OpSample sample, Tensor[] inputs, int[] by, Tensor?[] cotangents)
    {
        var wanted = Array.ConvertAll(by, i => inputs[i]);
        var (_, gradients) = Pullback.Differentiate(
            wanted, aliases => Compute(sample, Replaced(inputs, by, aliases)), results => (results, cotangents));
        return [.. gradients.Select((g, k) => g ?? F.zeros_like(wanted[k]))];
    }

    /// <summary>The vjp of a row by libtorch's autograd on what the Eager rule computes.</summary>
    public static Tensor[] Autograd(OpSample sample, Tensor[] inputs, int[] by, Tensor?[] cotangents)
    {
        var leaves = Array.ConvertAll(by, i => inputs[i].AsTorch().clone().requires_grad_());
        var tracked = leaves.Select((leaf, k) => new Tensor(inputs[by[k]].Type, new Buffer(leaf, 0, isShared: true))).ToArray();
        var results = Compute(sample, Replaced(inputs, by, tracked));

        // Not what a tensor lends to TorchSharp's code, which autograd does not follow.
        var used = Enumerable.Range(0, results.Length).Where(i => cotangents[i] is not null && Native(results[i]).requires_grad).ToArray();
        Assert.NotEmpty(used);
        var gradients = torch.autograd.grad(
            [.. used.Select(i => Native(results[i]))], leaves, [.. used.Select(i => cotangents[i]!.AsTorch())], allow_unused: true);
        return [.. gradients.Select((g, k) => g is null || g.IsInvalid ? F.zeros_like(inputs[by[k]]) : (Tensor)g)];
    }

    private static torch.Tensor Native(Tensor x)
    {
        using var use = x.Use();
        return x.BufferOrNull!.AsTorch();
    }

    /// <summary>The gradient of a real function by central differences.</summary>
    public static Tensor[] Differences(Tensor[] inputs, int[] by, Func<Tensor[], double> function)
    {
        var gradients = new Tensor[by.Length];
        for (var k = 0; k < by.Length; k++)
        {
            var values = inputs[by[k]].ToArray<double>();
            var slopes = new double[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                var value = values[i];
                double At(double x)
                {
                    values[i] = x;
                    return function(Replaced(inputs, [by[k]], [Tensor.FromArray(values, inputs[by[k]].shape)]));
                }

                slopes[i] = (At(value + Step) - At(value - Step)) / (2 * Step);
                values[i] = value;
            }

            gradients[k] = Tensor.FromArray(slopes, inputs[by[k]].shape);
        }

        return gradients;
    }

    /// <summary>The sum of all weighted results.</summary>
    public static double WeightedSum(IReadOnlyList<Tensor?> results, IReadOnlyList<Tensor?> weights)
    {
        var sum = 0.0;
        for (var i = 0; i < results.Count; i++)
        {
            if (weights[i] is { } weight && results[i] is { } result)
            {
                sum += result.ToArray<double>().Zip(weight.ToArray<double>(), (a, b) => a * b).Sum();
            }
        }

        return sum;
    }

    public static Tensor[] Replaced(Tensor[] inputs, int[] by, IReadOnlyList<Tensor> replacements)
    {
        var all = (Tensor[])inputs.Clone();
        for (var k = 0; k < by.Length; k++)
        {
            all[by[k]] = replacements[k];
        }

        return all;
    }

    /// <summary>Fails unless shape, element type and, within a relative difference, all values agree.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.True(
            expected.shape == actual.shape && expected.dtype == actual.dtype, $"{what}: expected {expected.Type}, got {actual.Type}");
        var e = expected.to(DType.Float64).ToArray<double>();
        var a = actual.to(DType.Float64).ToArray<double>();
        for (var i = 0; i < e.Length; i++)
        {
            var same = e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i]));
            Assert.True(same, $"{what}: element {i}: expected {e[i]:R}, got {a[i]:R}\nexpected {expected}\nactual {actual}");
        }
    }

    /// <summary>Results of a compiled function that uses the primitive once.</summary>
    /// <param name="sample">The primitive and its settings.</param>
    /// <param name="inputs">The operands. Plain numbers stay numbers: as arguments they would become tensors.</param>
    /// <param name="backend">What to compile with.</param>
    /// <param name="prepare">What to do with each operand in the function.</param>
    public static Tensor[] Compiled(OpSample sample, Tensor[] inputs, Backend backend, Func<Tensor, Tensor>? prepare = null)
    {
        prepare ??= x => x;
        var f = Jit.Compile(
            (Tensor[] tensors) =>
            {
                var next = 0;
                var operands = Array.ConvertAll(inputs, x => x.Number is null ? prepare(tensors[next++]) : x);
                return sample.Primitive.BindUntyped(sample.Settings ?? Settings.None, operands);
            },
            backend: backend,
            name: sample.ToString());
        var results = f.Invoke([.. inputs.Where(x => x.Number is null)]);
        GraphChecker.Check(f.Graph!);
        f.ClearCache();
        return results;
    }

    /// <summary>The rounding error that two ways of computing the same may differ by.</summary>
    public static double Rounding(DType dtype) => dtype switch
    {
        DType.Float64 => 1e-12,
        DType.Float32 => 2e-6,
        DType.Float16 => 2e-3,
        DType.BFloat16 => 2e-2,
        _ => 0,
    };
}
