using System.IO.Compression;
using System.Text;
using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>What is written, checked by .NET's own zip reader and against pickles put together by hand.</summary>
[Trait("Category", "Quick")]
public class TorchFileWriteTests
{
    private static KeyValuePair<string, Tensor>[] Samples() =>
    [
        new("w", Tensor.FromArray([1f, 2, 3, 4, 5, 6], [2, 3])),
        new("wᵀ", Tensor.FromArray([1f, 2, 3, 4, 5, 6], [2, 3]).T),
        new("steps", Tensor.FromArray([300L], [])),
        new("empty", F.zeros([0, 4], DType.BFloat16)),
        new("mask", Tensor.FromArray([true, false], [2])),
        new("long", F.zeros([300])),
    ];

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        using var folder = new TemporaryFolder();
        var samples = Samples();
        File.WriteAllText(folder["m.pt"], "an older file");
        TorchFile.SaveStateDict(folder["m.pt"], [.. samples, new("again", samples[0].Value)]);
        Assert.Equal(["m.pt"], folder.Files());
        var state = TorchFile.LoadStateDict(folder["m.pt"]);
        Assert.Equal([.. samples.Select(s => s.Key), "again"], state.Keys);
        Assert.All(samples, s =>
        {
            Assert.Equal(s.Value.Type, state[s.Key].Type);
            Assert.Equal(s.Value.to(DType.Float64).ToArray<double>(), state[s.Key].to(DType.Float64).ToArray<double>());
        });
        Assert.Same(state["w"], state["again"]);
    }

    [Fact]
    public void TheArchiveIsOneOfPyTorch()
    {
        using var folder = new TemporaryFolder();
        var w = Tensor.FromArray([1f, 2, 3, 4, 5, 6], [2, 3]);
        TorchFile.SaveStateDict(folder["m.pt"], [new("w", w), new("n", Tensor.FromArray([300L], []))]);
        using var zip = ZipFile.OpenRead(folder["m.pt"]);
        Assert.Equal(
            ["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/version"],
            zip.Entries.Select(e => e.FullName));
        Assert.Equal("3\n", Encoding.ASCII.GetString(Bytes(zip, "version")));
        Assert.Equal("little", Encoding.ASCII.GetString(Bytes(zip, "byteorder")));
        Assert.Equal(TorchZip.Of(1f, 2, 3, 4, 5, 6), Bytes(zip, "data/0"));
        Assert.Equal(TorchZip.Of(300L), Bytes(zip, "data/1"));
        Assert.Equal(
            new PickleBytes().OrderedDict().Op("(").Text("w").Tensor("torch.FloatStorage", "0", 6, [2, 3], [3, 1])
                .Text("n").Tensor("torch.LongStorage", "1", 1, [], []).Op("u").Stop(),
            Bytes(zip, "data.pkl"));
        var file = Encoding.Latin1.GetString(File.ReadAllBytes(folder["m.pt"]));
        Assert.Equal(0, file.IndexOf(Encoding.Latin1.GetString(TorchZip.Of(1f, 2, 3)), StringComparison.Ordinal) % 64);
        Assert.Equal(0, file.IndexOf(Encoding.Latin1.GetString(TorchZip.Of(300L)), StringComparison.Ordinal) % 64);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void LongLengthsAndPlaces(long limit)
    {
        // Fields of 64 bits, which take archives of 4 GiB, are used here for everything longer than the limit.
        using var folder = new TemporaryFolder();
        var state = TorchZip.Of(1f, 2, 3, 4);
        using (var stream = File.Create(folder["z.pt"]))
        {
            var zip = new ZipWriter(stream, limit);
            zip.Add("m/data.pkl", new PickleBytes().Floats("0", 4).Stop());
            zip.Add("m/data/0", state);
            zip.Finish();
        }

        Assert.Equal([1, 2, 3, 4], TorchFile.Load(folder["z.pt"]).As<Tensor>().ToArray<float>());
        using var read = ZipFile.OpenRead(folder["z.pt"]);
        Assert.Equal(state, Bytes(read, "data/0"));
    }

    [Fact]
    public void ManyEntries()
    {
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder["z.pt"]))
        {
            var zip = new ZipWriter(stream);
            zip.Add("m/data.pkl", new PickleBytes().Op("N").Stop());
            for (var i = 0; i < 70_000; i++)
            {
                zip.Add(FormattableString.Invariant($"m/{i}"), []);
            }

            zip.Finish();
        }

        Assert.True(TorchFile.Load(folder["z.pt"]).IsNone);
        using var read = ZipFile.OpenRead(folder["z.pt"]);
        Assert.Equal(70_001, read.Entries.Count);
    }

    [Fact]
    public void AFailureLeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["m.pt"], "an older file");
        var freed = F.zeros([3]);
        freed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => TorchFile.SaveStateDict(folder["m.pt"], [new("a", freed)]));
        Assert.Throws<ArgumentException>(() => TorchFile.SaveStateDict(folder["m.pt"], [new("a", F.zeros([1])), new("a", F.zeros([1]))]));
        Assert.Throws<CheckpointException>(() => TorchFile.SaveStateDict(folder["absent/m.pt"], Samples()));
        Assert.Equal("an older file", File.ReadAllText(folder["m.pt"]));
        Assert.Equal(["m.pt"], folder.Files());
    }

    [Fact]
    public void SavingLeavesATreeFreeToBeUpdatedInPlace()
    {
        using var folder = new TemporaryFolder();
        var tree = new StructureTree
        {
            Params = { ["w"] = Tensor.FromArray([1f], [1]) },
            Submodules = { ["a"] = new() { Buffers = { ["n"] = Tensor.FromArray([2L], []) } } }
        };
        TorchFile.SaveStateDict(folder["m.pt"], tree);
        Assert.Equal(["w", "a.n"], TorchFile.LoadStateDict(folder["m.pt"]).Keys);
        Assert.False(tree.Params["w"].Tensor.BufferOrNull!.IsShared);
    }

    private static byte[] Bytes(ZipArchive zip, string name)
    {
        using var entry = zip.GetEntry(
            (name.StartsWith("data/", StringComparison.Ordinal) && zip.GetEntry("archive/" + name) is null ? "m/" : "archive/")
            + name)!.Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
