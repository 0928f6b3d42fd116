using Brachy.Inference;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Frozen;
using Brachy.Tests.Shared;

namespace Brachy.Tests.CSharpSources;

/// <summary>Files of sources and their weights, names in them, and what is refused.</summary>
public class CSharpFileTests
{
    private static readonly Tensor s_x = Rng.Normal([2, 6], key: Rng.Seed(3));

    [Fact]
    public void WeightsBesideTheSource()
    {
        using var folder = new TemporaryFolder();
        Write(folder["tiny-net.cs"], 1);
        Write(folder["other.cs"], 2);
        Assert.Equal(["other.cs", "other.weights", "tiny-net.cs", "tiny-net.weights"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var sources = new CompiledSources(File.ReadAllText(folder["tiny-net.cs"]));
        FrozenModel Load(object weights) => sources.Load("Models.TinyNet", weights);

        var weights = File.ReadAllBytes(folder["tiny-net.weights"]);
        var expected = Model(1).Tree.Apply(Model(1).Config, s_x).Output;
        Assert.All(
            new[] { Load(folder["tiny-net.weights"]), Load(new MemoryStream(weights)) },
            model => Assert.True(F.allclose(expected, new LoadedFrozen(model).Run(s_x)[0], 1e-5, 1e-6).item<bool>()));

        Refused("checksum", folder["other.weights"]);
        Refused("fewer", new MemoryStream(weights, 0, weights.Length - 1));
        Refused("fewer", new MemoryStream());
        Refused("more", new MemoryStream([.. weights, 0]));
        for (var i = 0; i < weights.Length; i++)
        {
            var changed = (byte[])weights.Clone();
            changed[i] ^= 0x80;
            Refused("checksum", new MemoryStream(changed));
        }

        // Two signs at once.
        weights[3] ^= 0x80;
        weights[11] ^= 0x80;
        Refused("checksum", new MemoryStream(weights));
        Assert.Throws<FileNotFoundException>(() => Load(folder["missing.weights"]));

        void Refused(string reason, object weights) =>
            Assert.Contains(reason, Assert.Throws<FrozenModelException>(() => Load(weights)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesThatAreNoneInCSharp()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["class", "model", "my input", "1x", "my_input", "caf\u00e9\n\"\\", "\u4f60\u597d"];
        Export.CSharp(
            folder["class.cs"], (Tensor[] x) => x.Select((part, i) => part * (i + 2)).ToArray(), names.Select(_ => s_x).ToArray(),
            new()
            {
                InputNames = names,
                Varying = [.. names.Select((_, i) => new VaryingDims(0, "int", "options") { Member = $"{i}" })],
            });

        var model = new CompiledSources(File.ReadAllText(folder["class.cs"])).Load("Models.Class");
        Assert.Equal(names, model.Inputs.Select(input => input.Name));
        Assert.Equal(["int", "options"], model.SizeNames);
        SameBits.Assert(
            [.. names.Select((_, i) => s_x * (i + 2))], new LoadedFrozen(model).Run([.. names.Select(_ => s_x)]));
    }

    [Theory]
    [InlineData("A.class", null)]
    [InlineData("A..B", null)]
    [InlineData("", null)]
    [InlineData("A.DType", null)]
    [InlineData("A", "int")]
    [InlineData("A", "1st")]
    [InlineData("A", "a b")]
    [InlineData("A", "FrozenModel")]
    public void OtherNamesOfTypesAreRefused(string namespaceName, string? className)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ArgumentException>(() => Export.CSharp(
            folder["a.cs"], Model(1), [s_x], new() { Namespace = namespaceName, ClassName = className }));
        Assert.Contains(className ?? namespaceName, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void WhatCannotBeWrittenIsRefused()
    {
        using var stream = new MemoryStream();
        var error = Assert.Throws<ArgumentException>(() =>
            Export.CSharp(stream, Model(1), [s_x], new() { Weights = CSharpWeights.Beside }));
        Assert.Contains("Embedded", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Export.CSharp(stream, Model(1), [s_x], new() { Weights = (CSharpWeights)7 }));
        var large = F.zeros([(1 << 24) + 1]);
        Assert.Contains("Beside", Assert.Throws<ArgumentException>(() => Export.CSharp(
            stream, (Tensor x) => x + large, F.zeros([1]))).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Export.CSharp(stream, (Tensor x) => F.linalg.inv(x), F.zeros([2, 2])));
        Assert.Equal(0, stream.Length);
    }

    private static void Write(string path, int seed) => Export.CSharp(path, Model(seed), [s_x], new() { Weights = CSharpWeights.Beside });

    private static (StructureTree Tree, GlobalConfig Config) Model(int seed)
    {
        using var rng = Rng.Scope(seed);
        var (tree, config) = new Sequential(new Linear(6, 5), new Linear(5, 3));
        return (tree, config.With("train_mode", false));
    }
}
