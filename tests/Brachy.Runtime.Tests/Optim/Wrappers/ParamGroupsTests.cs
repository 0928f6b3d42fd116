using Brachy.Optim;
using Brachy.Trees;
using TorchSharp;
using AdamW = Brachy.Optim.AdamW;
using SGD = Brachy.Optim.SGD;

namespace Brachy.Tests.Optim;

/// <summary>Several optimizers for the parts of one model, and frozen parts.</summary>
[Trait("Category", "Quick")]
public class ParamGroupsTests
{
    [Fact]
    public void GroupsFollowTorchsParamGroups()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var expected = net.TrainTorch(p => [torch.optim.AdamW(
            [
                new TorchSharp.Modules.AdamW.ParamGroup([p["layers.0.bias"], p["layers.3.bias"]], 0.02, 0.9, 0.999, 1e-8, 0),
                new TorchSharp.Modules.AdamW.ParamGroup([p["layers.3.weight"]], 0.005, 0.8, 0.9, 1e-6, 0.2),
                new TorchSharp.Modules.AdamW.ParamGroup([p["layers.0.weight"]], 0.01, 0.9, 0.999, 1e-8, 0.1),
            ])]);
        Module Make(StructureTree model) => new ParamGroups(
            model,
            ("**.bias", m => new AdamW(m, 0.02, weightDecay: 0)),
            ("layers.3.**", m => new AdamW(m, 0.005, 0.8, 0.9, 1e-6, 0.2)),
            ("**", m => new AdamW(m, 0.01, weightDecay: 0.1)));
        TrainedNet.AssertClose(expected, net.Train(Make, compiled: false), 1e-9, "eager");
        TrainedNet.AssertClose(expected, net.Train(Make, compiled: true), 1e-9, "compiled");
    }

    [Fact]
    public void DifferentOptimizersShareAModel()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var expected = net.TrainTorch(p =>
        [
            torch.optim.SGD([p["layers.0.weight"], p["layers.0.bias"]], 0.05, momentum: 0.9),
            torch.optim.RMSProp([p["layers.3.weight"], p["layers.3.bias"]], 0.01),
        ]);
        TrainedNet.AssertClose(
            expected,
            net.Train(
                model => new ParamGroups(model, ("*.0.*", m => new SGD(m, 0.05, 0.9)), ("**", m => new RMSprop(m, 0.01))), compiled: true),
            1e-9,
            "compiled");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FrozenParamsStayBitForBit(bool compiled)
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var before = net.Model.Tensors().Where(t => t.Tensor.dtype == DType.Float64)
            .ToDictionary(t => t.Path, t => t.Tensor.ToArray<double>());
        var after = net.Train(model => ParamGroups.Freeze(model, "layers.0.**", m => new AdamW(m, 0.01, weightDecay: 0.5)), compiled);
        Assert.All(after, entry =>
            Assert.Equal(entry.Key.StartsWith("layers.0", StringComparison.Ordinal), entry.Value.SequenceEqual(before[entry.Key])));

        var (all, _) = ParamGroups.Freeze(net.Model, "**", m => new AdamW(m));
        Assert.Empty(all.Submodules["0"].Tensors());
        Assert.Empty(all.Submodules["1"].Buffers["exp_avg"].Tree.Tensors());
    }

    [Fact]
    public void FrozenPartsCostNothingCompiled()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        int MatrixProducts(PathFilter frozen)
        {
            var (opt, config) = new ParamGroups(net.Model, (frozen, _ => new Frozen()), (PathFilter.All, m => new SGD(m)));
            var step = Jit.Compile(
                (StructureTree o, StructureTree m) => Optimizer.Step(o, config, m, c => TrainedNet.Loss(c, net.Config, net.X, net.Y)));
            step.Invoke(opt, net.Model);
            return step.Graph!.Equations.Count(e => e.Primitive.Name is "matmul" or "linear");
        }

        // Two forward, two for the weights, one back through the second layer.
        Assert.Equal(5, MatrixProducts("layers.*.bias"));
        Assert.Equal(3, MatrixProducts("layers.0.*"));
        Assert.Equal(2, MatrixProducts("**"));
    }

    [Fact]
    public void TheLossRunsOnce()
    {
        using var rng = Rng.Scope(0);
        var (net, runs) = (new TrainedNet(), 0);
        var (opt, config) = new ParamGroups(net.Model, ("**.bias", m => new SGD(m)), ("**", m => new AdamW(m)));
        Optimizer.Step(opt, config, net.Model, m =>
        {
            runs++;
            return TrainedNet.Loss(m, net.Config, net.X, net.Y);
        });
        Assert.Equal(1, runs);
    }

    [Fact]
    public void AGroupMayAskForTheGradientsElsewhere()
    {
        var model = new StructureTree { Params = { ["a"] = F.full([], 2.0, DType.Float64), ["b"] = F.full([], 3.0, DType.Float64) } };
        var (opt, config) = new ParamGroups(model, ("a", _ => new LookAhead()), ("b", m => new SGD(m, 0.1)));

        // The gradient by a of a² b² at a + 1, and the one by b at a.
        (_, model, _) = Optimizer.Step(opt, config, model, m => (m, F.square(m.Params["a"].Tensor) * F.square(m.Params["b"].Tensor)));
        Assert.Equal(2 * 3 * 9.0, (double)model.Params["a"].Tensor);
        Assert.Equal(3 - (0.1 * 4 * 2 * 3), (double)model.Params["b"].Tensor, 1e-12);
    }

    [Fact]
    public void EveryParamNeedsAGroup()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var error = Assert.Throws<ArgumentException>(
            () => new ParamGroups(net.Model, ("**.bias", m => new SGD(m)), ("layers.0.**", m => new SGD(m))));
        Assert.Contains("'layers.3.weight' is in no group", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new ParamGroups(net.Model, ("**.bais", m => new SGD(m)), ("**", m => new SGD(m))));
        Assert.Contains("Group 0, \"**.bais\", matches no param", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new ParamGroups(net.Model, ("**", m => new SGD(m)), ("**.bias", m => new SGD(m))));
        Assert.Contains("Group 1, \"**.bias\", gets no param", error.Message, StringComparison.Ordinal);
        _ = new ParamGroups(new StructureTree(), ("**.bias", m => new SGD(m)));
    }

    [Fact]
    public void AnEditedModelIsNoticed()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var (opt, config) = new ParamGroups(net.Model, ("**.bias", m => new SGD(m)), ("**.weight", m => new AdamW(m)));
        StructureTree Edited(string path)
        {
            var model = net.Model.Copy();
            model.Submodules["layers"].Submodules["3"].Params[path] = F.zeros([3], DType.Float64);
            return model;
        }

        ArgumentException Step(StructureTree model) =>
            Assert.ThrowsAny<ArgumentException>(
                () => Optimizer.Step(opt, config, model, m => TrainedNet.Loss(m, net.Config, net.X, net.Y)));
        Assert.Contains("'layers.3.extra' is in no group", Step(Edited("extra")).Message, StringComparison.Ordinal);
        var removed = net.Model.Copy();
        removed.Submodules["layers"].Submodules["0"].Params.Remove("weight");
        var error = Assert.ThrowsAny<ArgumentException>(
            () => Optimizer.Step(opt, config, removed, m => (m, F.sum(m.Tensors().First().Tensor))));
        Assert.Contains("differ at 'layers.0.weight'", error.Message, StringComparison.Ordinal);
    }
}

/// <summary>Gives the gradient one step further as the new params.</summary>
[Module]
public partial class LookAhead
{
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        var (_, grads, _) = lossAndGrad(model.MapParamsBuffers((_, p) => p + 1));
        return model.WithParams(grads);
    }
}
