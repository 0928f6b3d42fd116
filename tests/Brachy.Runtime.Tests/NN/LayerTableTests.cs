using TorchSharp;
using static Brachy.Tests.Ops.OpCheck;

namespace Brachy.Tests.NN;

/// <summary>Runs every row of <see cref="LayerSamples"/> beside libtorch's own layer with the same values.</summary>
public class LayerTableTests
{
    private const int Steps = 3;
    private static readonly Dictionary<string, LayerSample> s_rows = LayerSamples.All.ToDictionary(s => s.Name);

    public static TheoryData<string> All => [.. s_rows.Keys];

    public static TheoryData<string, bool> AllTwice
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in s_rows.Keys)
            {
                data.Add(name, false);
                data.Add(name, true);
            }

            return data;
        }
    }

    [Trait("Category", "Quick")]
    [Theory]
    [MemberData(nameof(All))]
    public void StateDictHasThePathsShapesAndTypesOfLibtorch(string row)
    {
        using var rng = Rng.Scope(5);
        var sample = s_rows[row];
        var (tree, _) = sample.Layer();
        var module = sample.Torch();
        var expectedParams = module.named_parameters().Select(p => (p.name, ((Tensor)(torch.Tensor)p.parameter).Type.ToString())).Order();
        var expectedBuffers = module.named_buffers().Select(b => (b.name, ((Tensor)b.buffer).Type.ToString())).Order();
        var parameters = tree.GetParams().Tensors().ToDictionary(t => t.Path, t => t.Tensor);
        var buffers = tree.Tensors().Where(t => !parameters.ContainsKey(t.Path) && !sample.OwnBuffers.Contains(t.Path));
        Assert.Equal(expectedParams, parameters.Select(p => (p.Key, p.Value.Type.ToString())).Order());
        Assert.Equal(expectedBuffers, buffers.Select(b => (b.Path, b.Tensor.Type.ToString())).Order());
    }

    [Theory]
    [MemberData(nameof(AllTwice))]
    public void OutputsGradientsAndBuffersAreThoseOfLibtorch(string row, bool compiled)
    {
        var sample = s_rows[row];
        var (tree, config, module) = LayerCheck.Pair(sample);
        var step = Jit.Compile((StructureTree t, GlobalConfig c, Tensor[] x) => LayerCheck.Step(sample, t, c, x), name: row);
        if (!sample.IsRandomInTraining)
        {
            module.train();
            for (var i = 0; i < Steps; i++)
            {
                Compare($"{row}, training step {i}", sample.Inputs(i), config);
            }

            Assert.Equal(compiled ? 1 : 0, step.TraceCount);
        }

        module.eval();
        Compare($"{row}, evaluation", sample.Inputs(Steps), config.With("train_mode", false));
        step.ClearCache();

        void Compare(string what, Tensor[] inputs, GlobalConfig settings)
        {
            var before = tree.Tensors().Select(t => t.Tensor.clone()).ToArray();
            var (expectedOutputs, expectedGradients) = LayerCheck.Step(sample, tree, module, inputs);
            var (next, outputs, gradients) =
                compiled ? step.Invoke(tree, settings, inputs) : LayerCheck.Step(sample, tree, settings, inputs);
            AssertAllClose(expectedOutputs, outputs, $"{what}, output");
            AssertAllClose(expectedGradients, gradients, $"{what}, gradient");
            AssertAllClose(before, [.. tree.Tensors().Select(t => t.Tensor)], $"{what}, the tree that was passed");
            tree = next;
            var state = tree.Tensors().ToDictionary(t => t.Path, t => t.Tensor);
            foreach (var (path, tensor) in LayerCheck.StateOf(module))
            {
                AssertClose(tensor.detach(), state[path], sample.Tolerance, $"{what}, {path} afterwards");
            }
        }

        void AssertAllClose(Tensor[] expected, Tensor[] actual, string what)
        {
            Assert.Equal(expected.Length, actual.Length);
            for (var i = 0; i < expected.Length; i++)
            {
                AssertClose(expected[i], actual[i], sample.Tolerance, $"{what} {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void InitialValuesAreDistributedLikeThoseOfLibtorch(string row)
    {
        const int Enough = 4_000;
        var sample = s_rows[row];
        using var rng = Rng.Scope(17);
        torch.random.manual_seed(17);
        var (first, _) = sample.Layer();
        var (trees, modules) = (new List<Dictionary<string, Tensor>>(), new List<Dictionary<string, torch.Tensor>>());
        foreach (var (path, tensor) in first.GetParams().Tensors())
        {
            var builds = (int)Math.Clamp(Enough / Math.Max(tensor.numel(), 1), 1, 400);
            while (trees.Count < builds)
            {
                trees.Add(sample.Layer().Tree.GetParams().Tensors().ToDictionary(t => t.Path, t => t.Tensor));
                modules.Add(sample.Torch().named_parameters().ToDictionary(p => p.name, p => p.parameter.detach()));
            }

            var ours = trees.Take(builds).SelectMany(tree => Values(tree[path])).Order().ToArray();
            var theirs = modules.Take(builds).SelectMany(module => Values(module[path])).Order().ToArray();

            // The threshold of the two-sample Kolmogorov-Smirnov test for a false alarm in 10,000.
            var bound = 2.23 * Math.Sqrt(2.0 / ours.Length);
            var distance = Distance(ours, theirs);
            Assert.True(distance <= bound, $"{row}, {path}: Kolmogorov-Smirnov distance {distance:g3} > {bound:g3}; ours {ours[0]:g4} to "
                + $"{ours[^1]:g4}, libtorch's {theirs[0]:g4} to {theirs[^1]:g4}");
            if (theirs[0] == theirs[^1])
            {
                Assert.Equal((theirs[0], theirs[^1]), (ours[0], ours[^1]));
            }
        }
    }

    private static double[] Values(Tensor tensor) => tensor.to(DType.Float64).ToArray<double>();

    /// <summary>The largest difference of two empirical distributions, given in order.</summary>
    private static double Distance(double[] a, double[] b)
    {
        var (i, j, largest) = (0, 0, 0.0);
        while (i < a.Length && j < b.Length)
        {
            var value = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] == value)
            {
                i++;
            }

            while (j < b.Length && b[j] == value)
            {
                j++;
            }

            largest = Math.Max(largest, Math.Abs(((double)i / a.Length) - ((double)j / b.Length)));
        }

        return largest;
    }
}
