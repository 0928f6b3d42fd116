using Brachy.Compilation;
using Brachy.NN;
using Brachy.Optim;

namespace Brachy.Tests.Docs;

/// <summary>What an agent saw, did and got in one episode, step by step.</summary>
[Tree]
public partial record Episode(Tensor Observations, Tensor Actions, Tensor Rewards);

[Module]
public partial class Policy
{
    public partial Linear Hidden { get; set; }

    public partial Linear Output { get; set; }

    public Policy(long observations, long actions) => (Hidden, Output) = (new(observations, 16), new(16, actions));

    public Tensor Forward(Tensor x) => F.log_softmax(Output.Call(F.tanh(Hidden.Call(x))), -1);
}

public static partial class PolicyGradient
{
    [Jit]
    public static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config,
        [Varying("time")] Episode episode) =>
        Optimizer.Step(opt, optConfig, model, current => Loss(current, config, episode));

    private static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Episode episode)
    {
        var (_, returns) = Control.Scan(
            (Tensor later, Tensor reward) =>
            {
                var all = reward + (0.99 * later);
                return (all, all);
            },
            F.zeros([]), episode.Rewards, reverse: true);
        var advantages = (returns - returns.mean()) / (F.std(returns, 0) + 1e-6);
        (model, var logProbabilities) = Policy.Apply(model, config, episode.Observations);
        var chosen = F.gather(logProbabilities, 1, episode.Actions.unsqueeze(1)).squeeze(1);
        return (model, -(chosen * advantages).mean());
    }
}

public static partial class Server
{
    [Jit]
    public static Tensor Answer(StructureTree model, GlobalConfig config, [Varying("batch")] Tensor questions) =>
        F.softmax(Policy.Apply(model, config, questions).Output, -1);
}

/// <summary>The code of docs/varying-sizes.md.</summary>
[Trait("Category", "Quick")]
public class VaryingSizesDocTests
{
    [Fact]
    public void AnAgentLearnsFromEpisodesOfAnyLength()
    {
        using var scope = Rng.Scope(1);
        var (model, config) = new Policy(4, 3);
        var (opt, optConfig) = new AdamW(model, 0.01);
        var (plainOpt, plainModel) = (Copy(opt), Copy(model));
        foreach (var length in (int[])[10, 500, 37, 211, 10, 64, 499, 12])
        {
            var episode = EpisodeOf(length);
            (opt, model, var loss) = PolicyGradient.StepJit(opt, optConfig, model, config, episode);
            (plainOpt, plainModel, var plain) = PolicyGradient.Step(plainOpt, optConfig, plainModel, config, episode);
            Assert.Equal((double)plain, (double)loss, 1e-4);
        }

        Assert.Equal(1, PolicyGradient.StepJitFunction.TraceCount);
        Assert.Equal(1, PolicyGradient.StepJitFunction.CacheCount);
        foreach (var ((path, expected), (_, actual)) in plainModel.Tensors().Zip(model.Tensors()))
        {
            Assert.True((bool)F.isclose(expected, actual, 1e-3, 1e-4).all(), path);
        }
    }

    [Fact]
    public void AServerAnswersBatchesOfAnySize()
    {
        using var scope = Rng.Scope(2);
        var (model, config) = new Policy(4, 3);
        for (var size = 1; size <= 64; size++)
        {
            var questions = Rng.Normal([size, 4]);
            var answers = Server.AnswerJit(model, config, questions);
            Assert.Equal(Shape.Create([size, 3]), answers.shape);
            Assert.True((bool)F.isclose(Server.Answer(model, config, questions), answers, 1e-4, 1e-6).all(), $"{size}");
        }

        Assert.Equal(1, Server.AnswerJitFunction.TraceCount);
    }

    [Fact]
    public void ACompiledFunctionHasAnOption()
    {
        using var output = new StringWriter();

        var scores = Jit.Compile(
            (Tensor queries, Tensor keys) => F.softmax(queries.matmul(keys.transpose(0, 1)), -1),
            name: "scores", varying: [new(0, "batch"), new(1, "time")]);
        foreach (var (batch, time) in new[] { (2, 7), (64, 7), (1, 300) })
        {
            scores.Invoke(F.ones([batch, 16]), F.ones([time, 16]));
        }

        output.WriteLine(scores.Explain());
        Assert.StartsWith("scores: traces 1, cached versions 1", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "trace 1 of scores: first call; for sizes that vary: batch (dim 0 of 'argument 1'); time (dim 0 of 'argument 2')",
            output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EqualNamesAreEqualSizes()
    {
        var distance = Jit.Compile((Tensor x, Tensor y) => (x - y).abs().mean(), varying: [new(0, "batch"), new(1, "batch")]);
        Assert.Equal(1, (double)distance.Invoke(F.ones([5, 2]), F.zeros([5, 2])));
        var error = Assert.Throws<VaryingSizeException>(() => distance.Invoke(F.ones([5, 2]), F.zeros([4, 2])));
        Assert.Contains("the size 'batch' is 5 in dim 0 of 'argument 1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTrulyDependsOnASizeIsRefused()
    {
        var half = Jit.Compile((Tensor x) => x[..(int)(x.shape[0] / 2)].sum(), name: "half", varying: [new(0, "batch")]);
        var error = Assert.Throws<VaryingSizeException>(() => half.Invoke(F.ones([10])));
        Assert.StartsWith(
            "half: 'slice' depends on sizes that vary in another way than by a formula", error.Message, StringComparison.Ordinal);
    }

    private static StructureTree Copy(StructureTree tree) => tree.MapParamsBuffers((_, t) => F.clone(t));

    private static Episode EpisodeOf(int length) =>
        new(Rng.Normal([length, 4]), Rng.RandInt(0, 3, [length]), Rng.Uniform([length]));
}
