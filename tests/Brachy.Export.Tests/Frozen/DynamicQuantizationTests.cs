using System.Text;
using Brachy.Inference;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.CSharpSources;
using Brachy.Tests.OnnxFiles;
using LanguageModel;
using Quickstart;

namespace Brachy.Tests.Frozen;

/// <summary>Models frozen with weights of 8 bits.</summary>
public class DynamicQuantizationTests
{
    [Fact]
    public void LayersOfAModelBecomeIntegers()
    {
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Classifier(49, 64, 10);
        var reports = new List<QuantizedLayer>();
        var (plain, small) = (Write(model, config, null), Write(model, config, new() { Report = reports.Add }));
        Assert.Equal(
            ["10 64", "64 49", "64 64"], reports.Select(layer => $"{layer.Shape[0]} {layer.Shape[1]}").Order(StringComparer.Ordinal));
        Assert.All(reports, layer =>
        {
            Assert.EndsWith("weight", layer.Name, StringComparison.Ordinal);
            Assert.InRange(layer.RelativeError, 1e-4, 0.01);
        });
        Assert.True(small.Length < plain.Length * 0.4, $"{small.Length} of {plain.Length} bytes");

        var x = Rng.Normal([7, 49]);
        Tensor Of(MemoryStream file) => new LoadedFrozen(FrozenModel.Load(file)).Run(x)[0];
        var (exact, rounded) = (Of(plain), Of(small));
        Assert.InRange(RelativeDifference(exact, rounded), 1e-5, 0.02);
        Assert.Equal(F.argmax(exact, 1).ToArray<long>(), F.argmax(rounded, 1).ToArray<long>());
    }

    [Fact]
    public void LayersAreChosenByNameAndShape()
    {
        using var rng = Rng.Scope(seed: 2);
        var (model, config) = new Sequential(new Linear(8, 16), new ReLU(), new Linear(16, 4), new Linear(4, 4));
        var names = new List<string>();
        var chosen = new List<string>();
        var file = Write(model, config, new()
        {
            Layers = (name, shape) =>
            {
                names.Add($"{name} {shape}");
                return shape[0] == 16;
            },
            Report = layer => chosen.Add(layer.Name),
        }, 8);
        Assert.Equal(3, names.Count);
        Assert.Equal("0.weight [16, 8]", names[0]);
        Assert.Equal("0.weight", Assert.Single(chosen));
        var operations = Source(model, config, chosen[0], 8);
        Assert.Equal(1, operations.Split("\"linear_int8\"").Length - 1);
        Assert.Equal(2, operations.Split("\"linear\"").Length - 1);
        Assert.Contains("\"0.weight.scale\"", operations, StringComparison.Ordinal);

        var none = Write(model, config, new() { Layers = (_, _) => false }, 8);
        Assert.Equal(Write(model, config, null, 8).ToArray(), none.ToArray());
    }

    [Fact]
    public void ThereIsAChoiceOfLayers() =>
        Assert.Equal("Layers", Assert.Throws<ArgumentNullException>(() => new DynamicQuantization { Layers = null! }).ParamName);

    [Fact]
    public void WeightsThatAreNotFiniteStayAsTheyAre()
    {
        var weight = Tensor.FromArray([1f, 2f, float.PositiveInfinity, 3f], [2, 2]);
        var reports = new List<QuantizedLayer>();
        using var file = new MemoryStream();
        Export.Frozen(file, (Tensor x) => F.linear(x, weight), F.ones([5, 2]), new() { Quantization = new() { Report = reports.Add } });
        Assert.Empty(reports);
        Close.Assert(F.linear(F.ones([5, 2]), weight), Load(file).Run(F.ones([5, 2]))[0], 1e-6);
    }

    /// <summary>Of the smallest number of float32, a 127th is 0.</summary>
    [Theory]
    [InlineData(0f)]
    [InlineData(float.Epsilon)]
    public void OutputsWithoutWeightsAreZero(float value)
    {
        var weight = Tensor.FromArray([.. Enumerable.Repeat(value, 12)], [3, 4]);
        var reports = new List<QuantizedLayer>();
        using var file = new MemoryStream();
        Export.Frozen(
            file, (Tensor x) => F.linear(x, weight) + 1, F.ones([5, 4]), new() { Quantization = new() { Report = reports.Add } });
        Assert.Equal(value == 0 ? 0 : 1, Assert.Single(reports).RelativeError);
        Assert.All(Load(file).Run(Tensor.FromArray(Enumerable.Range(0, 20).Select(i => i - 7f).ToArray(), [5, 4]))[0].ToArray<float>(),
            value => Assert.Equal(1, value));
    }

    [Fact]
    public void ProductsWithMatricesAndSharedWeights()
    {
        using var rng = Rng.Scope(seed: 3);
        var (left, right) = (Rng.Normal([12, 30]), Rng.Normal([30, 30]));
        var reports = new List<QuantizedLayer>();
        Tensor Compute(Tensor x) => F.matmul(F.matmul(x, left), right) + F.linear(F.matmul(x, left), right) + F.sum(right);
        using var file = new MemoryStream();
        Export.Frozen(file, (Tensor x) => Compute(x), F.ones([2, 5, 12]), new() { Quantization = new() { Report = reports.Add } });
        Assert.Contains(reports, layer => layer.Shape == [30, 12]);
        Assert.InRange(reports.Count, 2, 3);
        var x = Rng.Normal([2, 5, 12]);
        Assert.InRange(RelativeDifference(Compute(x), Load(file).Run(x)[0]), 1e-5, 0.03);
    }

    [Fact]
    public void LayersOfComputedWeightsAreToldOnceForAnySize()
    {
        using var rng = Rng.Scope(seed: 8);
        var (first, second) = (Rng.Normal([6, 5]), Rng.Normal([6, 5]));
        var reports = new List<QuantizedLayer>();
        using var file = new MemoryStream();
        Export.Frozen(
            file, (Tensor x) => F.linear(x, first * second), F.ones([3, 5]),
            new() { Varying = [new(0, "batch")], Quantization = new() { Report = reports.Add } });
        Assert.Equal([6, 5], Assert.Single(reports).Shape);
        var x = Rng.Normal([9, 5]);
        Assert.InRange(RelativeDifference(F.linear(x, first * second), Load(file).Run(x)[0]), 1e-5, 0.03);
    }

    [Fact]
    public void OtherTypesStayAsTheyAre()
    {
        using var rng = Rng.Scope(seed: 4);
        var weight = Rng.Normal([3, 4]).to(DType.Float64);
        using var file = new MemoryStream();
        Export.Frozen(
            file, (Tensor x) => F.linear(x, weight), F.ones([5, 4], DType.Float64),
            new() { Quantization = new() { Report = layer => Assert.Fail($"{layer}") } });
        Close.Assert(
            F.linear(F.ones([5, 4], DType.Float64), weight), Load(file).Run(F.ones([5, 4], DType.Float64))[0], 1e-12);
    }

    [Fact]
    public void ALanguageModelOfAnyLength()
    {
        using var rng = Rng.Scope(seed: 5);
        var (model, config) = new StackedAttention(new(2, 32, 4, 32, 23));
        var evaluated = config.With("train_mode", false);
        var reports = new List<QuantizedLayer>();
        using var file = new MemoryStream();
        Export.Frozen(
            file, (model, evaluated), [Rng.RandInt(0, 23, [2, 9])],
            new() { Varying = [new(0, "batch", "time")], Quantization = new() { Report = reports.Add } });
        Assert.Equal(reports.Count, reports.Select(layer => layer.Name).Distinct().Count());
        var frozen = Load(file);
        foreach (var tokens in new[] { Rng.RandInt(0, 23, [1, 1]), Rng.RandInt(0, 23, [1, 5]), Rng.RandInt(0, 23, [3, 32]) })
        {
            Assert.InRange(RelativeDifference(model.Apply(evaluated, tokens).Output, frozen.Run(tokens)[0]), 1e-5, 0.05);
        }
    }

    [Fact]
    public void TextIsWrittenInALoopByLayersOfIntegers()
    {
        using var rng = Rng.Scope(seed: 4);
        var (model, config) = new StackedAttention(new(2, 32, 4, 12, 23));
        var evaluated = config.With("train_mode", false);
        var limit = Tensor.FromArray([9L], []);
        var reports = new List<QuantizedLayer>();
        using var file = new MemoryStream();
        Export.Frozen(
            file, (StructureTree model, Tensor token, Tensor key) => CachedGeneration.Continue(
                model, evaluated, token, CachedGeneration.EmptyCache(model, evaluated), limit, key, -1, new(Temperature: 0)).Tokens,
            model, Tensor.FromArray([1L], [1]), Tensor.FromArray([7L], []), new() { Quantization = new() { Report = reports.Add } });

        // The layers are in the body of the loop.
        Assert.True(reports.Count >= 8, $"{reports.Count} layers");
        var tokens = Load(file).Run(Tensor.FromArray([5L], [1]), Tensor.FromArray([3L], []))[0];
        Assert.All(tokens.ToArray<long>(), token => Assert.InRange(token, 0, 22));
    }

    [Fact]
    public void ASourceGivesWhatTheFileGives()
    {
        using var rng = Rng.Scope(seed: 6);
        var (model, config) = new Classifier(49, 20, 10);
        var x = Rng.Normal([7, 49]);
        var built = new CompiledSources(Source(model, config, null, 49)).Load("Models.Model");
        var expected = new LoadedFrozen(FrozenModel.Load(Write(model, config, new()))).Run(x)[0].ToArray<float>();
        Assert.Equal(expected, new LoadedFrozen(built).Run(x)[0].ToArray<float>());
    }

    private static MemoryStream Write(StructureTree model, GlobalConfig config, DynamicQuantization? quantization, int inputs = 49)
    {
        var file = new MemoryStream();
        Export.Frozen(
            file, (model, config.With("train_mode", false)), [F.zeros([7, inputs])], new() { Quantization = quantization });
        file.Position = 0;
        return file;
    }

    private static LoadedFrozen Load(MemoryStream file)
    {
        file.Position = 0;
        return new(FrozenModel.Load(file));
    }

    private static double RelativeDifference(Tensor expected, Tensor actual) =>
        (F.norm(expected - actual) / F.norm(expected)).item<float>();

    /// <summary>The source of a model, of which one layer or all have weights of 8 bits.</summary>
    private static string Source(StructureTree model, GlobalConfig config, string? layer, int inputs)
    {
        using var file = new MemoryStream();
        Export.CSharp(
            file, (model, config.With("train_mode", false)), [F.zeros([7, inputs])],
            new() { Quantization = new() { Layers = (name, _) => layer is null || name == layer } });
        return Encoding.UTF8.GetString(file.ToArray());
    }
}
