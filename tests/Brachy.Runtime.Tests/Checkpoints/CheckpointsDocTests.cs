using Brachy.IO;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Optim;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Tests.Checkpoints;

/// <summary>A static value of the user's own.</summary>
public sealed record Padding(int Left, int Right);

/// <summary>The code of docs/checkpoints.md.</summary>
public sealed class CheckpointsDocTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SaveAndResume()
    {
        var file = _folder["training.safetensors"];
        var (model, config, x, y) = ToyTraining.Make();
        var (opt, optConfig) = new AdamW(model);
        var key = Rng.Seed(1);

        Checkpoint.Save(file, ("model", (model, config)), ("opt", (opt, optConfig)), ("key", key), ("step", 100));

        var checkpoint = Checkpoint.Load(file);
        (model, config) = checkpoint.Tree("model");
        (opt, optConfig) = checkpoint.Tree("opt");
        key = checkpoint.Key("key");
        var step = checkpoint.Value<long>("step");

        Assert.Equal(100, step);
        Assert.NotNull(key);
        var (_, _, loss) = ToyTraining.Step(opt, optConfig, model, config, x, y);
        Assert.True(double.IsFinite((double)loss));
    }

    [Fact]
    public void IntoATree()
    {
        var file = _folder["model.safetensors"];
        using var rng = Rng.Scope(0);
        var (trained, trainedConfig) = new Sequential(new Linear(4, 8), new Lambda(x => x * 2), new Linear(8, 2));
        Checkpoint.Save(file, leaveOut: true, ("model", (trained, trainedConfig)));

        // Another head: three classes instead of two. Functions and static values are those of the tree that is given.
        var (model, config) = new Sequential(new Linear(4, 8), new Lambda(x => x * 2), new Linear(8, 3));
        (model, var report) = Checkpoint.Load(file).Into("model", model, strict: false);
        foreach (var mismatch in report.Mismatched)
        {
            Console.WriteLine($"{mismatch.Path} keeps its value");
        }

        Assert.Equal(["2.weight", "2.bias"], report.Mismatched.Select(m => m.Path));
        Assert.Equal(trained["0.weight"].Tensor.ToArray<float>(), model["0.weight"].Tensor.ToArray<float>());
    }

    [Fact]
    public void PlainFiles()
    {
        var file = _folder["plain.safetensors"];
        using var rng = Rng.Scope(0);
        var (model, config) = new Sequential(new Linear(4, 8), new Linear(8, 2));

        SafeTensors.Save(file, model);
        var (types, metadata) = SafeTensors.ReadHeader(file);
        var weights = SafeTensors.Load(file, "**.weight");
        (model, var report) = Import.FromStateDict(model, SafeTensors.Load(file));

        Assert.Equal("float32[8, 4]", types["0.weight"].ToString());
        Assert.Equal(2, weights.Count);
        Assert.True(report.IsComplete);
        Assert.Empty(metadata);
    }

    [Fact]
    public void StaticValuesOfYourOwn()
    {
        var file = _folder["own.safetensors"];
        AuxCodec.Register<Padding>(
            "padding",
            (writer, value) =>
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(value.Left);
                writer.WriteNumberValue(value.Right);
                writer.WriteEndArray();
            },
            json => new Padding(json[0].GetInt32(), json[1].GetInt32()));

        var tree = new StructureTree { Aux = { ["padding"] = new Padding(1, 2) } };
        Checkpoint.Save(file, ("tree", tree));
        Assert.Equal(new Padding(1, 2), Checkpoint.Load(file).Tree("tree").Tree.Aux["padding"]);
    }

    [Fact]
    public void FunctionsOfYourOwn()
    {
        var file = _folder["function.safetensors"];
        var doubled = StructureTree.FromFunc((Tensor x) => x * 2, "doubled");
        Checkpoint.Save(file, ("model", doubled));

        var (model, _) = Checkpoint.Load(file).Tree("model", new Dictionary<string, ApplyFn> { ["doubled"] = doubled.ApplyFn! });

        Assert.Equal(doubled.ApplyFn, model.ApplyFn);
    }
}
