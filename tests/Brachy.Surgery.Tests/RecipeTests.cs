using Brachy;
using Brachy.IO;
using Brachy.NN;
using Brachy.Optim;
using Surgery.Recipes;

namespace Surgery.Tests;

/// <summary>Each recipe, beside what the untouched layers compute by hand.</summary>
[Trait("Category", "Quick")]
public sealed class RecipeTests
{
    private static readonly Spirals s_points = Spirals.Make(perArm: 20, seed: 3);

    private readonly StructureTree _model;
    private readonly GlobalConfig _config;

    public RecipeTests()
    {
        using var rng = Rng.Scope(1);
        (_model, _config) = new Network(inputs: 2, Patient.Width, blocks: 3, Spirals.Arms);
    }

    [Fact]
    public void CapturedActivationsAreThoseOfTheLayersRunByHand()
    {
        var (output, activations) = CaptureActivations.Run(CaptureActivations.Watch(_model, "blocks.*"), _config, s_points.X);

        var network = Network.Bind(_model, _config);
        var x = network.Stem.Call(s_points.X);
        for (var i = 0; i < 3; i++)
        {
            x = network.Blocks[i].Call(x);
            AssertClose(x, activations[$"blocks.{i}.output"]);
        }

        Assert.Equal(3, activations.Count);
        AssertClose(network.Head.Call(x), output);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void AnInsertedBlockChangesNothingUntilItIsTrained(int position)
    {
        using var rng = Rng.Scope(2);
        var deeper = InsertLayer.InList(_model, _config, position, Patient.Width);

        Assert.Equal(["0", "1", "2", "3"], deeper.Submodules["blocks"].Submodules.Keys);
        Assert.Equal(3, _model.Submodules["blocks"].Submodules.Count);
        AssertClose(Output(_model), Output(deeper));
        var tuned = Train(deeper, m => new SGD(m, 0.1));
        Assert.NotEqual(0, (double)tuned[$"blocks.{position}.contract.weight"].Tensor.abs().max());
    }

    [Theory]
    [InlineData("head")]
    [InlineData("stem")]
    [InlineData("blocks.1.contract")]
    public void ALayerGoesInFrontOfAnyNode(string path)
    {
        using var rng = Rng.Scope(2);
        var inputs = (int)_model[$"{path}.weight"].Tensor.shape[1];
        var passing = InsertLayer.Before(_model, _config, path, InsertLayer.PassThrough(inputs));
        AssertClose(Output(_model), Output(passing));

        // Twice the input of a linear layer without its bias is twice its output.
        var doubled = InsertLayer.Before(_model, _config, "head", new Lambda(x => 2 * x));
        var bias = _model["head.bias"].Tensor;
        AssertClose((2 * (Output(_model) - bias)) + bias, Output(doubled));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ARemovedBlockIsNotRun(int position)
    {
        var network = Network.Bind(_model, _config);
        var x = network.Stem.Call(s_points.X);
        for (var i = 0; i < 3; i++)
        {
            x = i == position ? x : network.Blocks[i].Call(x);
        }

        var expected = network.Head.Call(x);
        var shallower = RemoveLayer.FromList(_model, _config, position);
        Assert.Equal(["0", "1"], shallower.Submodules["blocks"].Submodules.Keys);
        AssertClose(expected, Output(shallower));
        AssertClose(expected, Output(_model.At($"blocks.{position}").Remove()));
        var passed = RemoveLayer.PassOver(_model, $"blocks.{position}");
        Assert.Equal(
            _model.Tensors().Select(t => t.Path).Where(path => !path.StartsWith($"blocks.{position}.", StringComparison.Ordinal)),
            passed.Tensors().Select(t => t.Path));
        AssertClose(expected, Output(passed));
        Assert.Equal(3, _model.Submodules["blocks"].Submodules.Count);
    }

    [Fact]
    public void WhatARecipeCannotDoIsSaid()
    {
        using var rng = Rng.Scope(2);
        Assert.Throws<ArgumentOutOfRangeException>("blocks", () => SplitNetwork.Cut(_model, _config, -2));
        Assert.Throws<ArgumentOutOfRangeException>("blocks", () => SplitNetwork.Cut(_model, _config, 4));
        Assert.Contains(
            "'head.weight' is", Assert.Throws<ShapeException>(() => ShareWeight.Share(_model, "stem.weight", "head.weight")).Message,
            StringComparison.Ordinal);

        var tied = LowRankAdapters.Adapt(
            ShareWeight.Share(_model, "blocks.0.expand.weight", "blocks.1.expand.weight"), _config, "**.expand", rank: 2);
        var message = Assert.Throws<InvalidOperationException>(() => LowRankAdapters.Merge(tied, _config)).Message;
        Assert.Contains("blocks.0.expand.base.weight and blocks.1.expand.base.weight", message, StringComparison.Ordinal);
        Assert.NotNull(LowRankAdapters.Merge(ShareWeight.Unshare(tied, "blocks.1.expand.base.weight"), _config));
    }

    [Fact]
    public void AdaptersStartAsNothingTrainAloneAndMerge()
    {
        using var rng = Rng.Scope(2);
        var adapted = LowRankAdapters.Adapt(_model, _config, "blocks.*.expand", rank: 2);
        Assert.Equal(
            ["blocks.0.expand", "blocks.1.expand", "blocks.2.expand"],
            adapted.SelectNodes(LowRankLinear.ApplyFunction).Select(found => found.Path));
        AssertClose(Output(_model), Output(adapted));

        var tuned = Train(adapted, m => LowRankAdapters.Optimizer(m, 1e-2));
        var changed = adapted.Tensors().Zip(tuned.Tensors()).Where(p => !SameBits(p.First.Tensor, p.Second.Tensor))
            .Select(p => p.First.Path);
        Assert.All(changed, path => Assert.Matches(@"^blocks\.\d\.expand\.(up|down)$", path));
        Assert.Equal(6, changed.Count());

        var merged = LowRankAdapters.Merge(tuned, _config);
        Assert.Equal(_model.Tensors().Select(t => t.Path), merged.Tensors().Select(t => t.Path));
        AssertClose(Output(tuned), Output(merged), 1e-4);
        var node = tuned["blocks.1.expand"].Tree;
        AssertClose(
            _model["blocks.1.expand.weight"].Tensor + node.Params["up"].Tensor.matmul(node.Params["down"].Tensor),
            merged["blocks.1.expand.weight"]);
    }

    [Fact]
    public void ASharedWeightStaysSharedInTrainingAndGetsBothGradients()
    {
        var shared = ShareWeight.Share(_model, "blocks.0.expand.weight", "blocks.1.expand.weight");
        Tensor Loss(StructureTree m) => F.softmax_cross_entropy(Network.Apply(m, _config, s_points.X).Output, s_points.Y);
        var gradient = Grad.TreeValueAndGrad(Loss)(ShareWeight.Unshare(shared, "blocks.1.expand.weight")).Grads;
        var sum = gradient["blocks.0.expand.weight"].Tensor + gradient["blocks.1.expand.weight"].Tensor;

        var tuned = Train(shared, m => new SGD(m, 0.1), steps: 1);
        Assert.Same(tuned["blocks.0.expand.weight"].Tensor, tuned["blocks.1.expand.weight"].Tensor);
        AssertClose(shared["blocks.0.expand.weight"].Tensor - (0.1 * sum), tuned["blocks.1.expand.weight"]);
        Assert.NotSame(_model["blocks.0.expand.weight"].Tensor, _model["blocks.1.expand.weight"].Tensor);
    }

    [Fact]
    public void ACheckpointKeepsAWeightShared()
    {
        var shared = ShareWeight.Share(_model, "blocks.0.expand.weight", "blocks.1.expand.weight");
        var file = Path.GetTempFileName();
        try
        {
            Checkpoint.Save(file, ("model", (shared, _config)));
            var (loaded, config) = Checkpoint.Load(file).Tree("model");
            Assert.True(shared.ValueEquals(loaded), StructureTree.Diff(shared, loaded).ToString());
            Assert.Same(loaded["blocks.0.expand.weight"].Tensor, loaded["blocks.1.expand.weight"].Tensor);
            Assert.Equal(_config, config);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void AFrozenPartKeepsItsBits()
    {
        var tuned = Train(_model, m => FreezePart.Optimizer(m, "blocks.**", 1e-2));
        var changed = _model.Tensors().Zip(tuned.Tensors()).Where(p => !SameBits(p.First.Tensor, p.Second.Tensor))
            .Select(p => p.First.Path);
        Assert.Equal(["stem.weight", "stem.bias", "head.weight", "head.bias"], changed);
    }

    [Fact]
    public void AnAverageLiesBetweenItsModels()
    {
        var other = Train(_model, m => new SGD(m, 0.5));
        var (mean, quarter) = (AverageModels.Mean(_model, other), AverageModels.Mix(_model, other, 0.25));
        foreach (var (path, tensor) in _model.Tensors())
        {
            var expected = tensor.ToArray<float>().Zip(
                other[path].Tensor.ToArray<float>(), (a, b) => (Mean: (a + b) / 2, Quarter: a + ((b - a) / 4)));
            Assert.Equal(expected.Select(e => e.Mean), mean[path].Tensor.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
            Assert.Equal(expected.Select(e => e.Quarter), quarter[path].Tensor.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        }

        var counters = new StructureTree { Buffers = { ["calls"] = F.full([], 7, DType.Int64) } };
        Assert.Equal(7, (long)AverageModels.Mean(counters, counters).Buffers["calls"].Tensor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheHalvesOfANetworkComputeWhatItDoes(int blocks)
    {
        var (first, second) = SplitNetwork.Cut(_model, _config, blocks);
        var (_, hidden) = Sequential.JitApply(first, _config, s_points.X);
        AssertClose(Output(_model), Sequential.JitApply(second, _config, hidden).Output);
        AssertClose(Output(_model), Sequential.Apply(SplitNetwork.Join(first, second, _config), _config, s_points.X).Output);
        Assert.Equal(
            _model.DistinctTensors().Count(), first.DistinctTensors().Concat(second.DistinctTensors())
                .DistinctBy(t => t.Tensor, ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public void AHookChangesWhatNodesGiveAndComesOff()
    {
        var network = Network.Bind(_model, _config);
        var x = network.Stem.Call(s_points.X);
        foreach (var block in network.Blocks)
        {
            x = 0.3 * block.Call(x);
        }

        var hooked = HookNodes.Add(_model);
        AssertClose(network.Head.Call(x), Output(hooked));
        AssertClose(Output(_model), Output(HookNodes.Remove(hooked)));
        Assert.Equal(
            _model.SelectNodes("**").Select(n => n.Node.ApplyFn), HookNodes.Remove(hooked).SelectNodes("**").Select(n => n.Node.ApplyFn));
    }

    [Fact]
    public void EachEditedTreeIsTracedOnce()
    {
        using var rng = Rng.Scope(2);
        var f = Jit.Compile((StructureTree m, Tensor input) => Network.Apply(m, _config, input).Output);
        f.Invoke(_model, s_points.X);
        StructureTree[] edited =
        [
            CaptureActivations.Watch(_model, "blocks.1"),
            InsertLayer.InList(_model, _config, 1, Patient.Width),
            InsertLayer.Before(_model, _config, "head", InsertLayer.PassThrough(Patient.Width)),
            LowRankAdapters.Adapt(_model, _config, "**", rank: 2),
            ShareWeight.Share(_model, "blocks.0.expand.weight", "blocks.1.expand.weight"),
            HookNodes.Add(_model),
        ];
        var traces = 1;
        foreach (var tree in edited)
        {
            for (var i = 0; i < 3; i++)
            {
                f.Invoke(tree, s_points.X);
            }

            Assert.Equal(++traces, f.TraceCount);
        }

        // These are of the structure that was compiled first.
        f.Invoke(HookNodes.Remove(edited[^1]), s_points.X);
        f.Invoke(LowRankAdapters.Merge(edited[3], _config), s_points.X);
        f.Invoke(AverageModels.Mean(_model, _model), s_points.X);
        f.Invoke(ShareWeight.Unshare(edited[4], "blocks.1.expand.weight"), s_points.X);
        Assert.Equal(traces, f.TraceCount);
    }

    private Tensor Output(StructureTree model) => Network.JitApply(model, _config, s_points.X).Output;

    private StructureTree Train(StructureTree model, Func<StructureTree, Brachy.Module> optimizer, int steps = 5) =>
        Training.Run(model, _config, s_points.X, s_points.Y, steps, optimizer);

    private static bool SameBits(Tensor left, Tensor right) => left.ToArray<float>().AsSpan().SequenceEqual(right.ToArray<float>());

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance = 1e-5) =>
        Assert.True((bool)F.allclose(expected, actual, rtol: tolerance, atol: tolerance), $"{expected} is not {actual}");
}
