using Brachy.IO;

namespace Brachy.Tests.Checkpoints;

/// <summary>
/// Every file of Fixtures/PyTorch, which PyTorch 1.13 wrote, is read as its manifest says, or refused for the reason given here.
/// </summary>
public class PyTorchFixtureTests
{
    /// <summary>What PyTorch does not read either, but for the byte order, which PyTorch 1.13 does not look at.</summary>
    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["truncated.pt"] = "cut short",
        ["gz.pt"] = "is compressed with gzip",
        ["html.pt"] = "is a web page",
        ["lfs_pointer.pt"] = "git lfs pull",
        ["tar.pt"] = "is a tar archive",
        ["no_prefix.pt"] = "lies in no folder",
        ["byteorder_big.pt"] = "says that it is big-endian",
    };

    /// <summary>
    /// Those of the folder PyTorch came from outside; those of PyTorchMore show more kinds of values, archives and modules.
    /// </summary>
    public static TheoryData<string, string> Files
    {
        get
        {
            var files = new TheoryData<string, string>();
            foreach (var folder in Manifest.Folders())
            {
                foreach (var name in Manifest.Read(folder).Keys)
                {
                    files.Add(folder, name);
                }
            }

            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryFixture(string folder, string name)
    {
        using var scope = TensorScope.Begin();
        var path = Path.Combine(Manifest.Folder(folder), name);
        var described = Manifest.Read(folder)[name];
        if (s_refused.TryGetValue(name, out var reason))
        {
            var error = Assert.Throws<CheckpointException>(() => TorchFile.Load(path));
            Assert.Equal(path, error.File);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            return;
        }

        var value = TorchFile.Load(path);
        var expected = described.GetProperty("pytorch");
        if (described.GetProperty("kind").GetString() == "op")
        {
            Assert.Equal(
                expected.EnumerateObject().Select(
                    e => $"{e.Name}: {e.Value[0].GetString()}[{string.Join(", ", e.Value[1].EnumerateArray())}]"),
                value.Entries.Select(e => $"{e.Key}: {e.Value.As<Tensor>().Type}"));
        }
        else
        {
            Manifest.Check(expected, value, name);
        }
    }

    [Fact]
    public void EveryFileIsInItsManifest() => Assert.All(Manifest.Folders(), folder => Assert.Equal(
        Directory.GetFiles(Manifest.Folder(folder), "*.pt").Select(Path.GetFileName)
            .Order(StringComparer.Ordinal), Manifest.Read(folder).Keys.Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("quantized_whole.pt")]
    [InlineData("quantized_script.pt")]
    public void QuantizedWeightsOfAModuleAreNamedThoughNotRead(string name)
    {
        // torch.quantization.quantize_dynamic of two Linear layers around a ReLU: saved whole, and as TorchScript.
        var state = TorchFile.LoadStateDict(Path.Combine(Manifest.Folder(""), name));
        Assert.Empty(state);
        Assert.Equal(["0._packed_params._packed_params", "2._packed_params._packed_params"], state.Others.Keys);
    }

    [Fact]
    public void WeightsLieBesideAnything()
    {
        using var scope = TensorScope.Begin();
        var beside = Manifest.Read("PyTorch").Where(
            e => e.Key.StartsWith("ck_", StringComparison.Ordinal) && e.Key is not ("ck_lightning.pt" or "ck_yolo_like.pt")).ToArray();
        Assert.True(beside.Length > 30);
        foreach (var (name, _) in beside)
        {
            var weights = TorchFile.LoadStateDict(Path.Combine(Manifest.Folder("PyTorch"), name), "model");
            Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], weights.Keys);
        }
    }
}
