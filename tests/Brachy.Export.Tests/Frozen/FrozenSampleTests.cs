using Brachy.Inference;
using Brachy.IO;
using Brachy.Tests.OnnxFiles;
using LanguageModel;
using Quickstart;
using ResNet;
using Sequence;

namespace Brachy.Tests.Frozen;

/// <summary>The samples' networks, frozen, and jitted by Brachy.</summary>
public class FrozenSampleTests
{
    [Fact]
    public void Classifier()
    {
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Classifier(49, 20, 10);
        Check(model, config, Rng.Normal([2, 49]), [new(0, "batch")], Rng.Normal([1, 49]), Rng.Normal([6, 49]), F.zeros([0, 49]));
    }

    [Fact]
    public void ResidualNetwork()
    {
        using var rng = Rng.Scope(seed: 2);
        var (model, config) = Architecture.Named("resnet18").Build(width: 4);
        Check(
            model, config, Rng.Normal([2, 3, 32, 32]), [new(0, "batch")],
            Rng.Normal([1, 3, 32, 32]), Rng.Normal([3, 3, 32, 32]), F.zeros([0, 3, 32, 32]));
    }

    [Fact]
    public void LanguageModelForAnyBatchAndLength()
    {
        using var rng = Rng.Scope(seed: 3);
        var (model, config) = new StackedAttention(new(2, 16, 4, 32, 23));
        Check(
            model, config, Rng.RandInt(0, 23, [2, 9]), [new(0, "batch", "time")],
            Rng.RandInt(0, 23, [1, 5]), Rng.RandInt(0, 23, [3, 32]), Rng.RandInt(0, 23, [2, 12]), Rng.RandInt(0, 23, [1, 1]),
            Rng.RandInt(0, 23, [4, 1]), F.zeros([0, 6], DType.Int64));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.8)]
    public void TextIsWrittenInALoopWithACache(double temperature)
    {
        using var rng = Rng.Scope(seed: 4);
        var (model, config) = new StackedAttention(new(2, 16, 4, 12, 23));
        var evaluated = config.With("train_mode", false);
        var limit = Tensor.FromArray([9L], []);
        Tensor Continue(StructureTree model, Tensor token, Tensor key) => CachedGeneration.Continue(
            model, evaluated, token, CachedGeneration.EmptyCache(model, evaluated), limit, key, -1,
            new(Temperature: temperature)).Tokens;

        using var file = new MemoryStream();
        Export.Frozen(
            file, (StructureTree model, Tensor token, Tensor key) => Continue(model, token, key), model, Tensor.FromArray([1L], [1]),
            Tensor.FromArray([7L], []));
        var frozen = Load(file);
        foreach (var token in new[] { 1L, 5L, 22L })
        {
            var (first, key) = (Tensor.FromArray([token], [1]), Tensor.FromArray([token + 3], []));
            Close.Assert(Continue(model, first, key), frozen.Run(first, key)[0], 0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForecasterOfSeriesOfAnyLength(bool isLstm)
    {
        using var rng = Rng.Scope(seed: 5);
        var (model, config) = new Forecaster(isLstm, lags: 3, hidden: 12, layers: 2, dropout: 0.1);
        var evaluated = config.With("train_mode", false);
        (Tensor, Tensor) Foretell(StructureTree model, Tensor x)
        {
            var (mean, deviation, _, _) = Forecaster.Apply(model, evaluated, x, null, null, null).Output;
            return (mean, deviation);
        }

        using var file = new MemoryStream();
        Export.Frozen(
            file, (StructureTree model, Tensor x) => Foretell(model, x), model, Rng.Normal([9, 3, 4]),
            new() { Varying = [new(1, "length", "series")] });
        var frozen = Load(file);
        foreach (var sizes in new long[][] { [1, 1, 4], [12, 5, 4], [40, 2, 4] })
        {
            var x = Rng.Normal(sizes);
            var (mean, deviation) = Foretell(model, x);
            var actual = frozen.Run(x);
            Close.Assert(mean, actual[0], 1e-5);
            Close.Assert(deviation, actual[1], 1e-5);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForecastsAreDrawnInALoop(bool isLstm)
    {
        using var rng = Rng.Scope(seed: 6);
        var (model, config) = new Forecaster(isLstm, lags: 2, hidden: 10, layers: 2, dropout: 0);
        Tensor Draw(StructureTree model, Tensor values, Tensor lengths, Tensor key) =>
            ForecastSteps.Draw(model, config, values, lengths, new RngKey(key), [2, 5], horizon: 6, paths: 3);

        using var file = new MemoryStream();
        Export.Frozen(
            file, (StructureTree model, Tensor values, Tensor lengths, Tensor key) => Draw(model, values, lengths, key), model,
            Rng.Normal([2, 12]), Tensor.FromArray([12L, 9L], [2]), Rng.Seed(1).Tensor);
        var frozen = Load(file);
        foreach (var seed in new[] { 3, 4 })
        {
            var (values, lengths, key) = (Rng.Normal([2, 12]), Tensor.FromArray([8L, 11L], [2]), Rng.Seed(seed).Tensor);
            Close.Assert(Draw(model, values, lengths, key), frozen.Run(values, lengths, key)[0], 1e-5);
        }
    }

    private static void Check(StructureTree model, GlobalConfig config, Tensor example, VaryingDims[] varying, params Tensor[] inputs)
    {
        var evaluated = config.With("train_mode", false);
        using var file = new MemoryStream();
        Export.Frozen(file, (model, evaluated), [example], new() { Varying = varying });
        var frozen = Load(file);
        foreach (var input in inputs)
        {
            Close.Assert(model.Apply(evaluated, input).Output, frozen.Run(input)[0], 1e-5);
        }
    }

    private static LoadedFrozen Load(MemoryStream file)
    {
        file.Position = 0;
        return new(FrozenModel.Load(file));
    }
}
