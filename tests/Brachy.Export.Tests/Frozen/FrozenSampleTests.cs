using Brachy.Inference;
using Brachy.IO;
using Brachy.Tests.OnnxFiles;
using LanguageModel;
using Quickstart;
using ResNet;

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
