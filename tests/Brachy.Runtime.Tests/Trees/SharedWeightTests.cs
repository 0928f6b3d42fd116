using Brachy.CompilerServices;
using Brachy.Optim;
using Brachy.Tests.Optim;
using CsCheck;
using TorchSharp;
using Parameter = TorchSharp.Modules.Parameter;

namespace Brachy.Tests.Trees;

/// <summary>The same tensor at two places of a tree is one weight.</summary>
public class SharedWeightTests
{
    public static TheoryData<string, bool> Optimizers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in OptimizerSamples.All.Select(s => s.Name).Concat(WrapperSamples.All.Select(s => s.Name)))
            {
                data.Add(name, false);
                if (!WrapperSamples.All.Any(s => s.Name == name && s.DecidesByValues))
                {
                    data.Add(name, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void AnOptimizerTrainsASharedWeightAsOneParam(string name, bool compiled)
    {
        var make = WrapperSamples.All.SingleOrDefault(s => s.Name == name)?.Make ?? OptimizerSamples.All.Single(s => s.Name == name).Make;
        var (tied, config, x) = TiedAutoencoder.Make();
        var (single, singleConfig) = new OneWeightAutoencoder(F.clone(ToyTraining.At(tied, "encoder.weight")));
        var (opt, optConfig) = make(tied);
        var (singleOpt, singleOptConfig) = make(single);
        var step = TiedAutoencoder.Step;
        var jitted = Jit.Compile(step, donate: [0, 2]);
        if (compiled)
        {
            tied = ToyTraining.Saved(tied);
        }

        for (var i = 0; i < 6; i++)
        {
            (opt, tied,
                _) = compiled ? jitted.Invoke(opt, optConfig, tied, config, x) : TiedAutoencoder.Step(opt, optConfig, tied, config, x);
            (singleOpt, single, _) = Optimizer.Step(singleOpt, singleOptConfig, single, current =>
            {
                (current, var y) = OneWeightAutoencoder.Apply(current, singleConfig, x);
                return (current, F.mse_loss(y, x));
            });
        }

        Assert.Same(ToyTraining.At(tied, "encoder.weight"), ToyTraining.At(tied, "decoder.weight"));
        AssertClose(ToyTraining.At(single, "weight"), ToyTraining.At(tied, "encoder.weight"));
        AssertClose(ToyTraining.At(single, "encoder_bias"), ToyTraining.At(tied, "encoder.bias"));
        if (compiled)
        {
            Assert.Equal(1, jitted.TraceCount);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TrainingIsThatOfTorchSharpsSharedParameter(bool compiled)
    {
        using var scope = torch.NewDisposeScope();
        var (model, config, x) = TiedAutoencoder.Make();
        var weight = new Parameter(ToyTraining.At(model, "encoder.weight").AsTorch().clone());
        var (encoderBias, decoderBias) = (new Parameter(torch.zeros(4, torch.float64)), new Parameter(torch.zeros(6, torch.float64)));
        var theirs = torch.optim.AdamW([weight, encoderBias, decoderBias], 0.02, weight_decay: 0.1);
        var (opt, optConfig) = new AdamW(model, 0.02, weightDecay: 0.1);
        var step = TiedAutoencoder.Step;
        var jitted = Jit.Compile(step);
        for (var i = 0; i < 10; i++)
        {
            theirs.zero_grad();
            var y = torch.tanh(x.AsTorch().matmul(weight) + encoderBias).matmul(weight.t()) + decoderBias;
            torch.nn.functional.mse_loss(y, x.AsTorch()).backward();
            theirs.step();
            (opt, model,
                _) = compiled ? jitted.Invoke(opt, optConfig, model, config, x) : TiedAutoencoder.Step(opt, optConfig, model, config, x);
        }

        AssertClose(Tensor.FromTorch(weight.detach().clone()), ToyTraining.At(model, "decoder.weight"));
        AssertClose(Tensor.FromTorch(decoderBias.detach().clone()), ToyTraining.At(model, "decoder.bias"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheGradientIsTheSumOverAllPlaces(bool compiled)
    {
        var (model, config, x) = TiedAutoencoder.Make();
        Tensor Loss(StructureTree m) => F.mse_loss(TiedAutoencoder.Apply(m, config, x).Output, x);
        StructureTree Gradient(StructureTree m) => Grad.TreeValueAndGrad(Loss)(m).Grads;

        var untied = ToyTraining.Saved(model);
        untied.Submodules["decoder"].Params["weight"] = F.clone(untied.Submodules["decoder"].Params["weight"]);
        var parts = Gradient(untied);
        var gradient = compiled ? Jit.Compile((StructureTree m) => Gradient(m)).Invoke(model) : Gradient(model);

        Assert.Same(ToyTraining.At(gradient, "encoder.weight"), ToyTraining.At(gradient, "decoder.weight"));
        AssertClose(
            ToyTraining.At(parts, "encoder.weight") + ToyTraining.At(parts, "decoder.weight"), ToyTraining.At(gradient, "decoder.weight"));
    }

    [Fact]
    public void TyingAndUntyingReTraceOnceEach()
    {
        var (tied, config, x) = TiedAutoencoder.Make();
        var untied = ToyTraining.Saved(tied);
        untied.Submodules["decoder"].Params["weight"] = F.clone(untied.Submodules["decoder"].Params["weight"]);
        var f = Jit.Compile((StructureTree m, Tensor input) => TiedAutoencoder.Apply(m, config, input));
        for (var i = 0; i < 3; i++)
        {
            var (newTied, y) = f.Invoke(tied, x);
            var (newUntied, same) = f.Invoke(untied, x);
            Assert.Same(ToyTraining.At(newTied, "encoder.weight"), ToyTraining.At(newTied, "decoder.weight"));
            Assert.NotSame(ToyTraining.At(newUntied, "encoder.weight"), ToyTraining.At(newUntied, "decoder.weight"));
            AssertClose(y, same);
        }

        Assert.Equal(2, f.TraceCount);
        Assert.Contains(
            "'argument 1.decoder.weight' was the same tensor as 'argument 1.encoder.weight' and is now float64[6, 4]", f.Explain(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void MappingCallsTheFunctionOnceForASharedWeight()
    {
        var (model, _, _) = TiedAutoencoder.Make();
        var paths = new List<string>();
        var mapped = model.MapParamsBuffers((path, t) =>
        {
            paths.Add(path);
            return t * 2;
        });

        Assert.Equal(["encoder.weight", "encoder.bias", "decoder.bias"], paths);
        Assert.Equal(paths, mapped.DistinctTensors().Select(t => t.Path));
        Assert.Equal(4, mapped.Tensors().Count());
        Assert.Same(ToyTraining.At(mapped, "encoder.weight"), ToyTraining.At(mapped, "decoder.weight"));
    }

    [Fact]
    public void AFilterOfAnyOfItsPathsFreezesASharedWeight()
    {
        var (model, config, x) = TiedAutoencoder.Make();
        var (opt, optConfig) = ParamGroups.Freeze(model, "decoder.weight", m => new SGD(m, 0.1));
        var (_, after, _) = TiedAutoencoder.Step(opt, optConfig, model, config, x);

        Assert.Equal(ToyTraining.Bits(model)["encoder.weight"], ToyTraining.Bits(after)["encoder.weight"]);
        Assert.NotEqual(ToyTraining.Bits(model)["encoder.bias"], ToyTraining.Bits(after)["encoder.bias"]);
    }

    [Fact]
    public void AnOptimizerMadeBeforeTyingGoesOn()
    {
        var (model, config, x) = TiedAutoencoder.Make();
        model.Submodules["decoder"].Params["weight"] = F.clone(model.Submodules["decoder"].Params["weight"]);
        var (opt, optConfig) = new SGD(model, 0.1, momentum: 0.9);
        (opt, model, _) = TiedAutoencoder.Step(opt, optConfig, model, config, x);
        model.Submodules["decoder"].Params["weight"] = model.Submodules["encoder"].Params["weight"];
        for (var i = 0; i < 2; i++)
        {
            (opt, model, _) = TiedAutoencoder.Step(opt, optConfig, model, config, x);
        }

        Assert.Same(ToyTraining.At(model, "encoder.weight"), ToyTraining.At(model, "decoder.weight"));
    }

    [Fact]
    public void TheSameTensorInTwoTreesIsNotShared()
    {
        var (model, _, _) = TiedAutoencoder.Make();
        var f = Jit.Compile(
            (StructureTree a, StructureTree b) => (a.MapParamsBuffers((_, t) => t + 1), b.MapParamsBuffers((_, t) => t * 2)));
        f.Invoke(model, model);
        f.Invoke(model, ToyTraining.Saved(model));

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void ManySharedTensorsKeepTheirPlaces() => Check.Sample(
        Gen.Int[0, 40].Array[1, 200],
        places =>
        {
            var tensors = Enumerable.Range(0, 41).Select(i => F.full([], i)).ToArray();
            var tree = new StructureTree();
            tree.Params["list"] = places.Select(p => (TreeValue)tensors[p]).ToArray();
            var flattener = new TreeFlattener();
            flattener.BeginRecording(withPaths: false);
            flattener.Tree(tree);
            var definition = flattener.EndRecording();
            Assert.Equal(places.Distinct().Count(), flattener.LeafCount);
            var again = new TreeUnflattener(definition, flattener.Leaves.ToArray(), forCaller: false).Tree()!;
            Assert.Equal(places, again.Params["list"].List.Select(v => Array.IndexOf(tensors, v.Tensor)));
            flattener.BeginMatching(definition);
            flattener.Tree(tree);
            Assert.True(flattener.EndMatching());
        },
        iter: 50);

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        var difference = (double)(expected - actual).abs().max();
        Assert.True(difference <= 1e-11, $"differs by {difference}");
    }
}
