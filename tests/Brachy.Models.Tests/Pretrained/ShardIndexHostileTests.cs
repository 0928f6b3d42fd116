using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Models.Tests.Pretraining;

/// <summary>Indexes that are damaged, or made to read what they should not.</summary>
[Trait("Category", "Quick")]
public sealed class ShardIndexHostileTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";
    private readonly TemporaryFolder _folder = new();

    public ShardIndexHostileTests() => SafeTensors.Save(_folder["part.safetensors"], Reader.State());

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Cases => new()
    {
        { "", "is no JSON" },
        { "not json", "is no JSON" },
        { "[1, 2]", "is no index" },
        { "\"text\"", "is no index" },
        { "{}", "has no 'weight_map'" },
        { """{"weight_map": 3}""", "is no index" },
        { """{"weight_map": {}}""", "names no tensors" },
        { """{"weight_map": {"a": 3}}""", "does not say in which file 'a' is" },
        { """{"weight_map": {"a": ""}}""", "does not say in which file 'a' is" },
        { """{"weight_map": {"": "part.safetensors"}}""", "does not say in which file '' is" },
        { """{"weight_map": {"a": "part.safetensors", "a": "part.safetensors"}}""", "says twice where 'a' is" },
        { """{"weight_map": {}, "weight_map": {"a": "part.safetensors"}}""", "has 'weight_map' twice" },
        { """{"weight_map": {"a": "/etc/passwd"}}""", "absolute paths and '..' are refused" },
        { """{"weight_map": {"a": "../part.safetensors"}}""", "absolute paths and '..' are refused" },
        { """{"weight_map": {"a": "x/../../part.safetensors"}}""", "absolute paths and '..' are refused" },
        { """{"weight_map": {"a": "..\\part.safetensors"}}""", "absolute paths and '..' are refused" },
        { """{"weight_map": {"a": "C:\\part.safetensors"}}""", "absolute paths and '..' are refused" },
        { """{"weight_map": {"a": "x\u0000.safetensors"}}""", "absolute paths and '..' are refused" },
        { """{"weight_map": {"a": "\ud800"}}""", "is no index" },
        { """{"weight_map": {"a": "missing.safetensors"}}""", "names the file 'missing.safetensors', which is not there" },
        { """{"weight_map": {"no.such": "part.safetensors"}}""", "says that 'no.such' is in 'part.safetensors', which does not have it" },
        { """{"weight_map": {"a": "model.safetensors.index.json"}}""", "safetensors" },
        { """{"weight_map": {"a": "."}}""", "" },
        { """{"metadata": {"total_size": -1}, "weight_map": {"a": "part.safetensors"}}""", "take -1 bytes, which cannot be" },
        { """{"metadata": {"total_size": 1e300}, "weight_map": {"a": "part.safetensors"}}""", "which cannot be" },
        { """{"metadata": {"total_size": "many"}, "weight_map": {"a": "part.safetensors"}}""", "which cannot be" },
        { new string('[', 10_000), "is no JSON" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_refused_by_name(string index, string message)
    {
        _folder.Write(Index, index);
        var error = Assert.Throws<CheckpointException>(() => Pretrained.Load(() => new Reader(), _folder.Path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_that_leads_out_is_refused_and_a_circle_of_links_too()
    {
        using var other = new TemporaryFolder();
        SafeTensors.Save(other["secret.safetensors"], Reader.State());
        File.CreateSymbolicLink(_folder["link.safetensors"], other["secret.safetensors"]);
        Directory.CreateSymbolicLink(_folder["folder"], other.Path);
        File.CreateSymbolicLink(_folder["one"], _folder["two"]);
        File.CreateSymbolicLink(_folder["two"], _folder["one"]);
        foreach (var (file, message) in new[]
        {
            ("link.safetensors", "leads out of the model's folder"), ("folder/secret.safetensors", "leads out of the model's folder"),
            ("one", "cannot be looked for"),
        })
        {
            _folder.Write(Index, $$"""{"weight_map": {"norm.bias": "{{file}}"} }""");
            var error = Assert.Throws<CheckpointException>(() => Pretrained.Load(() => new Reader(), _folder.Path));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_files_with_one_tensor_are_told_apart_by_the_index_or_refused()
    {
        var state = Reader.State();
        SafeTensors.Save(_folder["more.safetensors"], [KeyValuePair.Create("norm.bias", F.zeros([3]))]);
        var all = string.Join(", ", state.Keys.Where(k => k != "norm.bias").Select(k => $"\"{k}\": \"part.safetensors\""));
        _folder.Write(Index, $$"""{"weight_map": { {{all}}, "norm.bias": "more.safetensors" } }""");
        var (tree, _) = Pretrained.Load(() => new Reader(), _folder.Path);
        Assert.Equal([0f, 0, 0], ((Tensor)tree["norm.bias"]).ToArray<float>());

        SafeTensors.Save(
            _folder["more.safetensors"], [KeyValuePair.Create("x", F.zeros([3])), KeyValuePair.Create("norm.bias", F.zeros([3]))]);
        _folder.Write(Index, $$"""{"weight_map": { {{all}}, "x": "more.safetensors" } }""");
        Assert.Contains("does not say which of two tensors 'norm.bias' is the one", Assert.Throws<CheckpointException>(
            () => Pretrained.Load(() => new Reader(), _folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_giant_index_is_not_read()
    {
        using (var stream = File.Create(_folder[Index]))
        {
            stream.SetLength(1L << 40);
        }

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var error = Assert.Throws<CheckpointException>(() => Pretrained.Load(() => new Reader(), _folder.Path));
        Assert.Contains("at most", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 50_000_000);
    }

    [Fact]
    public void Any_cut_of_an_index_is_refused_or_does_not_fit()
    {
        var text = """{"metadata": {"total_size": 12}, "weight_map": {"norm.bias": "part.safetensors"}}""";
        for (var length = 0; length < text.Length; length++)
        {
            _folder.Write(Index, text[..length]);
            Assert.Throws<CheckpointException>(() => Pretrained.Load(() => new Reader(), _folder.Path));
        }
    }
}
