using Brachy.IO;
using Brachy.Trees;
using TorchSharp;
using TorchSharp.Modules;
using Net = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Brachy.Tests.Checkpoints;

/// <summary>Weights come from TorchSharp's modules and go back; the modules' outputs are the truth.</summary>
public class ImportTests
{
    private delegate Tensor Apply(StructureTree tree, GlobalConfig config, Tensor x);

    public static TheoryData<string> Layers => ["linear", "conv", "batch norm", "embedding", "layer norm", "nest"];

    [Theory]
    [MemberData(nameof(Layers))]
    public void ImportedLayersComputeTheSameAndGoBack(string layer)
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var theirs = Theirs(layer);
        var (tree, config, apply, x) = Ours(layer);
        theirs.forward(x.AsTorch());
        theirs.eval();
        var before = tree.Tensors().First().Tensor.ToArray<float>();
        var (imported, report) = Import.FromTorch(tree, theirs);
        Assert.True(report.IsComplete);
        Assert.Equal(before, tree.Tensors().First().Tensor.ToArray<float>());
        var expected = theirs.forward(x.AsTorch());
        Assert.True(torch.allclose(expected, apply(imported, config.With("train_mode", false), x).AsTorch(), rtol: 1e-4, atol: 1e-5));

        var other = Theirs(layer);
        other.eval();
        Assert.False(torch.allclose(expected, other.forward(x.AsTorch()), rtol: 1e-4, atol: 1e-5));
        Assert.True(Export.ToTorch(imported, other).IsComplete);
        Assert.True(torch.allclose(expected, other.forward(x.AsTorch())));
    }

    [Fact]
    public void MultiheadAttentionComputesTheSame()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var theirs = torch.nn.MultiheadAttention(6, 2);
        theirs.eval();
        var (tree, config) = new Brachy.NN.MultiheadAttention(6, 2);
        var x = Rng.Normal([4, 2, 6]);
        var imported = Import.FromTorch(tree, theirs).Tree;
        var (_, (output, weights)) = Brachy.NN.MultiheadAttention.Apply(imported, config, x, x, x);
        var (expected, expectedWeights) = theirs.forward(x.AsTorch(), x.AsTorch(), x.AsTorch(), null, true, null);
        Assert.True(torch.allclose(expected, output.AsTorch(), rtol: 1e-4, atol: 1e-5));
        Assert.True(torch.allclose(expectedWeights, weights!.AsTorch(), rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void GradientsOfAutogradAreThoseOfGrad()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var theirs = Theirs("nest");
        var (tree, config, apply, x) = Ours("nest");
        Assert.Contains(
            "backward()", Assert.Throws<InvalidOperationException>(() => Import.GradientsFromTorch(tree, theirs)).Message,
            StringComparison.Ordinal);
        tree = Import.FromTorch(tree, theirs).Tree;
        theirs.forward(x.AsTorch()).pow(2).sum().backward();
        var (_, expected) = Grad.TreeValueAndGrad(m => apply(m, config, x).pow(2).sum())(tree);
        var actual = Import.GradientsFromTorch(tree, theirs);
        Assert.Equal(expected.Tensors().Select(t => t.Path), actual.Tensors().Select(t => t.Path));
        Assert.All(expected.Tensors().Zip(actual.Tensors()), g =>
            Assert.True(torch.allclose(g.First.Tensor.AsTorch(), g.Second.Tensor.AsTorch(), rtol: 1e-3, atol: 1e-3), g.First.Path));
    }

    [Fact]
    public void ParamsWithoutGradientGetZeros()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var theirs = torch.nn.Linear(2, 1);
        theirs.bias!.requires_grad_(false);
        theirs.forward(torch.ones(1, 2)).sum().backward();
        var grads = Import.GradientsFromTorch(new Brachy.NN.Linear(2, 1).Tree, theirs);
        Assert.Equal([1, 1], grads.Params["weight"].Tensor.ToArray<float>());
        Assert.Equal([0], grads.Params["bias"].Tensor.ToArray<float>());
    }

    [Fact]
    public void ImportsAreCopies()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var theirs = torch.nn.Linear(2, 1, hasBias: false);
        var tree = Import.FromTorch(new Brachy.NN.Linear(2, 1, bias: false).Tree, theirs).Tree;
        var alone = Import.FromTorch(theirs);
        var before = tree.Params["weight"].Tensor.ToArray<float>();
        using (torch.no_grad())
        {
            theirs.weight!.add_(1);
        }

        Assert.Equal(before, tree.Params["weight"].Tensor.ToArray<float>());
        Assert.Equal(before, alone.Params["weight"].Tensor.ToArray<float>());
        Assert.False(tree.Params["weight"].Tensor.BufferOrNull!.IsShared);
    }

    [Fact]
    public void AModuleAloneBecomesATree()
    {
        using var scope = torch.NewDisposeScope();
        var tree = Import.FromTorch(new Tied());
        Assert.Equal(
            [
                "scale", "encoder.weight", "decoder.weight", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var",
                "norm.num_batches_tracked"
            ],
            tree.Tensors().Select(t => t.Path).OrderBy(p => Array.IndexOf(["s", "e", "d", "n"], p[..1])));
        Assert.Equal(["running_mean", "running_var", "num_batches_tracked"], tree.Submodules["norm"].Buffers.Keys);
        Assert.Same(tree.Submodules["encoder"].Params["weight"].Tensor, tree.Submodules["decoder"].Params["weight"].Tensor);
    }

    [Fact]
    public void SharedWeightsTakeOneValue()
    {
        using var scope = torch.NewDisposeScope();
        var weight = F.zeros([3, 3]);
        var tree = new StructureTree
        {
            Submodules =
            {
                ["encoder"] = new() { Params = { ["weight"] = weight } },
                ["decoder"] = new() { Params = { ["weight"] = weight } }
            }
        };
        var values = Tensor.FromArray([1f, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]);
        var imported = Import.FromStateDict(tree, [new("encoder.weight", values), new("decoder.weight", values + 0)]).Tree;
        Assert.Same(imported.Submodules["encoder"].Params["weight"].Tensor, imported.Submodules["decoder"].Params["weight"].Tensor);
        Assert.Equal(9, imported.Submodules["encoder"].Params["weight"].Tensor.ToArray<float>()[8]);
        Assert.True(Import.FromStateDict(tree, [new("decoder.weight", values)]).Report.IsComplete);
        var error = Assert.Throws<ArgumentException>(
            () => Import.FromStateDict(tree, [new("encoder.weight", values), new("decoder.weight", values + 1)]));
        Assert.Contains("decoder.weight (the values of encoder.weight, which is the same weight", error.Message, StringComparison.Ordinal);

        var theirs = new Tied();
        Assert.True(
            Export.ToTorch(imported, theirs, rename: p => p.EndsWith("coder.weight", StringComparison.Ordinal) ? p : null).IsComplete);
        Assert.Equal(9, theirs.Weight[2, 2].item<float>());
    }

    [Fact]
    public void WhatDoesNotFitIsReportedAndNothingIsWritten()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var theirs = torch.nn.Sequential(
            ("a", torch.nn.Linear(2, 3)), ("b", torch.nn.Linear(3, 1)), ("c", torch.nn.Linear(1, 1, hasBias: false)));
        var tree = new StructureTree
        {
            Submodules =
            {
                ["a"] = new Brachy.NN.Linear(2, 3).Tree,
                ["b"] = new Brachy.NN.Linear(4, 1).Tree,
                ["d"] = new Brachy.NN.Linear(1, 1, bias: false).Tree
            },
            Buffers = { ["key"] = Rng.NextKey().Tensor },
        };
        var before = theirs.state_dict().ToDictionary(e => e.Key, e => e.Value.data<float>().ToArray());
        const string Mismatch = "b.weight (float32[1, 4] expected, float32[1, 3] found)";
        var error = Assert.Throws<ArgumentException>(() => Import.FromTorch(tree, theirs));
        Assert.Contains("missing: key, d.weight; unexpected: c.weight; mismatched: " + Mismatch, error.Message, StringComparison.Ordinal);
        var (part, report) = Import.FromTorch(tree, theirs, strict: false, ignore: "**.key");
        Assert.Equal(["d.weight"], report.Missing);
        Assert.Equal(["c.weight"], report.Unexpected);
        Assert.Equal(Mismatch, Assert.Single(report.Mismatched).ToString());
        Assert.Equal(before["a.weight"], part.Submodules["a"].Params["weight"].Tensor.ToArray<float>());
        Assert.Same(tree.Submodules["d"].Params["weight"].Tensor, part.Submodules["d"].Params["weight"].Tensor);

        error = Assert.Throws<ArgumentException>(() => Export.ToTorch(tree, theirs));
        Assert.Contains("missing: c.weight; unexpected: key, d.weight; mismatched: b.weight", error.Message, StringComparison.Ordinal);
        Assert.All(theirs.state_dict(), e => Assert.Equal(before[e.Key], e.Value.data<float>().ToArray()));
        report = Export.ToTorch(tree, theirs, strict: false, rename: p => p.Replace("c.", "d.", StringComparison.Ordinal), ignore: "key");
        Assert.Equal(["b.weight"], report.Mismatched.Select(m => m.Path));
        Assert.Empty(report.Missing);
        Assert.Equal(
            tree.Submodules["d"].Params["weight"].Tensor.ToArray<float>(), theirs.state_dict()["c.weight"].data<float>().ToArray());
    }

    [Fact]
    public void ElementTypesOfAKindConvert()
    {
        var tree = new StructureTree { Params = { ["w"] = F.zeros([2], DType.BFloat16) }, Buffers = { ["n"] = F.zeros([], DType.Int32) } };
        var (imported, report) = Import.FromStateDict(
            tree, [new("w", Tensor.FromArray([1.5, -2], [2])), new("n", Tensor.FromArray([7L], []))]);
        Assert.True(report.IsComplete);
        Assert.Equal("converted: w (bfloat16[2] expected, float64[2] found), n (int32[] expected, int64[] found)", report.ToString());
        Assert.Equal(
            "complete",
            Import.FromStateDict(imported, imported.Tensors().Select(t => KeyValuePair.Create(t.Path, t.Tensor))).Report.ToString());
        var lost = Assert.Throws<ArgumentException>(
            () => Import.FromStateDict(tree, [new("w", F.zeros([2])), new("n", Tensor.FromArray([1L << 40], []))]));
        Assert.Contains("n (int32[] expected, int64[] with values beyond int32 found)", lost.Message, StringComparison.Ordinal);
        Assert.Equal([1.5f, -2], imported.Params["w"].Tensor.to(DType.Float32).ToArray<float>());
        Assert.Equal("bfloat16[2], int32[]", $"{imported.Params["w"].Tensor.Type}, {imported.Buffers["n"].Tensor.Type}");
        Assert.Throws<ArgumentException>(
            () => Import.FromStateDict(tree, [new("w", F.zeros([2], DType.Int64)), new("n", F.zeros([], DType.Int64))]));
        Assert.Contains(
            "Two values", Assert.Throws<ArgumentException>(() => Import.FromStateDict(
                tree, [new("a", F.zeros([2])), new("b", F.zeros([2]))], rename: _ => "w")).Message, StringComparison.Ordinal);
    }

    private static Net Theirs(string layer)
    {
        switch (layer)
        {
            case "linear":
                return torch.nn.Linear(6, 3);
            case "conv":
                return torch.nn.Conv2d(3, 4, 3, padding: 1);
            case "batch norm":
                var norm = torch.nn.BatchNorm2d(3);
                torch.nn.init.uniform_(norm.weight!);
                return norm;
            case "embedding":
                return torch.nn.Embedding(5, 3);
            case "layer norm":
                var layerNorm = torch.nn.LayerNorm(6);
                torch.nn.init.uniform_(layerNorm.weight!);
                return layerNorm;
            default:
                return torch.nn.Sequential(
                    torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU()), torch.nn.Flatten(),
                    torch.nn.Linear(64, 2));
        }
    }

    private static (StructureTree Tree, GlobalConfig Config, Apply Apply, Tensor X) Ours(string layer)
    {
        Module<Tensor, Tensor> module = layer switch
        {
            "linear" => new Brachy.NN.Linear(6, 3),
            "conv" => new Brachy.NN.Conv2d(3, 4, 3, padding: 1),
            "batch norm" => new Brachy.NN.BatchNorm2d(3),
            "embedding" => new Brachy.NN.Embedding(5, 3),
            "layer norm" => new Brachy.NN.LayerNorm([6]),
            _ => new Brachy.NN.Sequential(
                new Brachy.NN.Sequential(new Brachy.NN.Conv2d(3, 4, 3), new Brachy.NN.BatchNorm2d(4), new Brachy.NN.ReLU()),
                new Brachy.NN.Flatten(), new Brachy.NN.Linear(64, 2)),
        };
        var x = layer switch
        {
            "linear" or "layer norm" => Rng.Normal([4, 6]),
            "embedding" => Tensor.FromArray([0L, 3, 4], [3]),
            _ => Rng.Normal([2, 3, 6, 6]),
        };
        return (
            module.Tree, module.Config,
            (tree, config, input) => tree.Apply(config, input).Output, x);
    }

    /// <summary>A module of the user's own, with a weight in two places.</summary>
    private sealed class Tied : torch.nn.Module
    {
        public Tied()
            : base(nameof(Tied))
        {
            Weight = torch.nn.Parameter(torch.rand(3, 3));
            register_parameter("scale", torch.nn.Parameter(torch.ones(1)));
            register_module("encoder", new Holder(Weight));
            register_module("decoder", new Holder(Weight));
            register_module("norm", torch.nn.BatchNorm1d(2));
        }

        public Parameter Weight { get; }

        private sealed class Holder : torch.nn.Module
        {
            public Holder(Parameter weight)
                : base(nameof(Holder)) => register_parameter("weight", weight);
        }
    }
}
