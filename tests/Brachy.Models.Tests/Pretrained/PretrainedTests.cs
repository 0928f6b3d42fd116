using Brachy.IO;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Models.Tests.Pretraining;

[Trait("Category", "Quick")]
public sealed class PretrainedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Files => new(
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json");

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_kind_of_file_fills_the_model(string file)
    {
        var state = Reader.State();
        Write(file, state);
        foreach (var path in new[] { _folder.Path, _folder[file] })
        {
            var (tree, config, report) = Pretrained.Load(() => new Reader(), path);

            RequireState(state, tree);
            Assert.Equal("complete", report.ToString());
            Assert.False(config.Get("train_mode", true));
            Assert.Same((Tensor)tree["table.weight"], (Tensor)tree["head.weight"]);
            Assert.Equal(DType.Int64, ((Tensor)tree["dropout.key"]).dtype);
            var (_, y) = Reader.Apply(tree, config, Tensor.FromArray([0L, 4], [1, 2]));
            Assert.Equal([1, 5], y.shape.Sizes);
        }
    }

    [Fact]
    public void The_element_type_is_that_of_the_file_or_as_asked_for()
    {
        Write("model.safetensors", Reader.State(DType.BFloat16));
        var (kept, _, plain) = Pretrained.Load(() => new Reader(), _folder.Path);
        Assert.Equal(DType.BFloat16, ((Tensor)kept["layers.0.weight"]).dtype);
        Assert.Empty(plain.Converted);

        var (cast, _, report) = Pretrained.Load(() => new Reader(), _folder.Path, options: new() { DType = DType.Float32 });
        RequireState(Reader.State(DType.BFloat16).ToDictionary(
            t => t.Key, t => t.Value.dtype == DType.BFloat16 ? t.Value.to(DType.Float32) : t.Value), cast);
        Assert.Equal(DType.Int64, ((Tensor)cast["norm.num_batches_tracked"]).dtype);
        Assert.Contains(report.Converted, c => c.Path == "layers.0.weight");
        Assert.Throws<DTypeException>(() => Pretrained.Load(() => new Reader(), _folder.Path, options: new() { DType = DType.Int64 }));
    }

    [Fact]
    public void All_that_does_not_fit_is_said_at_once()
    {
        var state = Reader.State();
        state.Remove("norm.bias");
        state.Remove("table.weight");
        state.Add("other.weight", F.ones([1]));
        state["layers.1.weight"] = F.ones([3, 4]);
        state["layers.1.bias"] = F.ones([3], DType.Int64);
        Write("model.safetensors", state);

        var error = Assert.Throws<CheckpointException>(() => Pretrained.Load(() => new Reader(), _folder.Path));
        foreach (var part in new[] { "norm.bias", "table.weight", "head.weight", "other.weight", "layers.1.weight", "layers.1.bias" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        var options = new PretrainedOptions { Strict = false, Key = Rng.Seed(5) };
        var (tree, _, report) = Pretrained.Load(() => new Reader(), _folder.Path, options: options);
        Assert.Equal(["table.weight", "norm.bias", "head.weight"], report.Missing);
        Assert.Equal(["other.weight"], report.Unexpected);
        Assert.Equal(["layers.1.weight", "layers.1.bias"], report.Mismatched.Select(m => m.Path));

        using var rng = Rng.Scope(5);
        var fresh = new Reader().Tree;
        foreach (var path in new[] { "norm.bias", "table.weight", "layers.1.weight" })
        {
            RequireEqual((Tensor)fresh[path], (Tensor)tree[path], path);
        }

        RequireEqual(state["layers.0.weight"], (Tensor)tree["layers.0.weight"], "layers.0.weight");
    }

    [Theory]
    [InlineData(true, "", "encoder.")]
    [InlineData(false, "encoder.", "")]
    public void A_prefix_may_be_there_or_not(bool fits, string inFile, string known)
    {
        Write("model.safetensors", Reader.State().ToDictionary(t => inFile + t.Key, t => t.Value));
        var names = new WeightNames { Prefixes = known.Length == 0 ? [] : [known] };
        if (fits)
        {
            RequireState(Reader.State(), Pretrained.Load(() => new Reader(), _folder.Path, names).Tree);
        }
        else
        {
            Assert.Throws<CheckpointException>(() => Pretrained.Load(() => new Reader(), _folder.Path, names));
            RequireState(Reader.State(), Pretrained.Load(() => new Reader(), _folder.Path, new() { Prefixes = [inFile] }).Tree);
        }
    }

    [Fact]
    public void Names_are_renamed_left_out_and_ignored()
    {
        var state = Reader.State();
        var stored = state.ToDictionary(t => t.Key.Replace("layers", "old", StringComparison.Ordinal), t => t.Value);
        stored.Add("mask", F.ones([2]));
        stored.Add("junk.a", F.ones([2]));
        Write("model.safetensors", stored);
        var model = Pretrained.Load(
            () => new Reader(), _folder.Path, new() { Ignored = "mask" }, new()
            {
                Rename = name => name.StartsWith("junk", StringComparison.Ordinal)
                    ? null
                    : name.Replace("old", "layers", StringComparison.Ordinal),
                Ignore = "norm.**",
            });

        Assert.Equal(
            ["junk.a", "mask", "norm.bias", "norm.num_batches_tracked", "norm.running_mean", "norm.running_var", "norm.weight"],
            model.Ignored.Order());
        RequireEqual(F.ones([3]), (Tensor)model.Tree["norm.weight"], "norm.weight");
        RequireEqual(state["layers.1.bias"], (Tensor)model.Tree["layers.1.bias"], "layers.1.bias");
    }

    [Fact]
    public void A_weight_that_is_shared_must_have_one_value()
    {
        var state = Reader.State();
        state.Add("head.weight", state["table.weight"] + 0);
        Write("model.safetensors", state);
        RequireState(state, Pretrained.Load(() => new Reader(), _folder.Path).Tree);

        state["head.weight"] = state["table.weight"] + 1;
        Write("model.safetensors", state);
        var error = Assert.Throws<CheckpointException>(() => Pretrained.Load(() => new Reader(), _folder.Path));
        Assert.Contains("the values of table.weight, which is the same weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_names_for_one_place_are_refused()
    {
        var state = Reader.State();
        state.Add("encoder.norm.bias", F.ones([3]));
        Write("model.safetensors", state);
        var error = Assert.Throws<CheckpointException>(
            () => Pretrained.Load(() => new Reader(), _folder.Path, new() { Prefixes = ["encoder."] }));
        Assert.Contains("both would be 'norm.bias'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_in_memory_stay_the_callers()
    {
        var state = Reader.State();
        var (tree, _) = Pretrained.Load(() => new Reader(), state);
        ((Tensor)tree["norm.bias"]).Dispose();

        RequireEqual(Reader.State()["norm.bias"], state["norm.bias"], "norm.bias");
    }

    [Fact]
    public void What_is_not_there_is_named()
    {
        Assert.Contains("none of model.safetensors", Assert.Throws<FileNotFoundException>(
            () => Pretrained.Load(() => new Reader(), _folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => Pretrained.Load(() => new Reader(), _folder["no"]));
        Assert.Contains("has a name of none of the kinds", Assert.Throws<CheckpointException>(
            () => Pretrained.Load(() => new Reader(), _folder.Write("model.gguf", "x"))).Message, StringComparison.Ordinal);
    }

    /// <summary>Writes a file of a name's kind, or an index and two files.</summary>
    private void Write(string file, IReadOnlyDictionary<string, Tensor> state)
    {
        if (!file.EndsWith(".index.json", StringComparison.Ordinal))
        {
            WriteOne(file, state);
            return;
        }

        var ending = file.Contains("safetensors", StringComparison.Ordinal) ? ".safetensors" : ".bin";
        var map = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var part = state.Where((_, n) => n % 2 == i).ToDictionary();
            WriteOne($"part-{i}{ending}", part);
            map.AddRange(part.Keys.Select(name => $"\"{name}\": \"part-{i}{ending}\""));
        }

        _folder.Write(file, $$"""{"metadata": {"total_size": 123.0}, "weight_map": { {{string.Join(", ", map)}} } }""");
    }

    private void WriteOne(string file, IReadOnlyDictionary<string, Tensor> state)
    {
        if (file.EndsWith(".bin", StringComparison.Ordinal))
        {
            TorchFile.SaveStateDict(_folder[file], state);
        }
        else
        {
            SafeTensors.Save(_folder[file], state);
        }
    }

    private static void RequireState(IReadOnlyDictionary<string, Tensor> state, StructureTree tree)
    {
        foreach (var (path, tensor) in state)
        {
            RequireEqual(tensor, (Tensor)tree[path], path);
        }
    }

    private static void RequireEqual(Tensor expected, Tensor actual, string path)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.True((bool)F.all(F.eq(expected, actual)), path);
    }
}
