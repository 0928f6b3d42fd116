using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Optim;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Tests.Checkpoints;

/// <summary>What cannot be saved or loaded leaves files and trees as they were.</summary>
public sealed class CheckpointSaveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ASaveThatFailsLeavesTheOldFile()
    {
        var path = _folder["c"];
        Checkpoint.Save(path, ("x", F.ones([3])));
        var before = File.ReadAllBytes(path);
        var good = F.ones([2]);

        var disposed = F.ones([2]);
        disposed.Dispose();
        Fails<ObjectDisposedException>(disposed);

        var donated = F.ones([2]);
        Jit.Compile((Tensor x) => x + 1, donate: [0]).Invoke(donated);
#pragma warning disable BRACHY060 // the error at run time is what is tested
        Fails<DonatedTensorException>(donated);
#pragma warning restore BRACHY060

        Jit.Compile((Tensor x) =>
        {
            Fails<ConcretizationException>(x);
            return x + 1;
        }).Invoke(good);

        var endless = new List<object>();
        endless.Add(endless);
        var tree = new StructureTree { Submodules = { ["a"] = new() { Params = { ["w"] = good } } } };
        foreach (var value in new object[]
        {
            new Action(() => { }), endless, "\ud800", new[] { "a\udc00" }, new Dictionary<string, int> { ["\ud800"] = 1 },
            new GlobalConfig(("\ud800", 1)), (DType)99, new string?[] { null }
        })
        {
            var bad = tree.Copy();
            bad.Submodules["a"].Aux["odd"] = value;
            Assert.Contains("'odd' of 'm.a'", Fails<ArgumentException>(bad).Message, StringComparison.Ordinal);
        }

        var other = tree.Copy();
        other.Submodules["a"].Params["\ud800"] = good;
        Assert.Contains("Unicode", Fails<ArgumentException>(other).Message, StringComparison.Ordinal);
        other = tree.Copy();
        other.Params["a"] = good;
        Assert.Contains("'m.a' stands for two things", Fails<ArgumentException>(other).Message, StringComparison.Ordinal);
        Fails<ArgumentException>(new StructureTree { ApplyFn = new ApplyFn<Tensor, Tensor>("\ud800", (_, _, x) => x) });
        Assert.Throws<ArgumentException>(() => Checkpoint.Save(path, ("\ud800", 1)));

        Directory.CreateDirectory(_folder["folder"]);
        foreach (var place in
            new[] { _folder["folder"], Path.Combine(_folder["missing"], "c"), Path.Combine(path, "c"), _folder[new string('n', 300)] })
        {
            Assert.Equal(place, Assert.Throws<CheckpointException>(() => Checkpoint.Save(place, ("x", good))).File);
        }

        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["c"], _folder.Files());
        Assert.Empty(Directory.GetFileSystemEntries(_folder["folder"]));

        T Fails<T>(CheckpointEntry entry)
            where T : Exception => Assert.Throws<T>(() => Checkpoint.Save(path, ("good", good), ("m", entry)));
    }

    [Fact]
    public void TextsThatAreNoUnicodeAreRefused()
    {
        var x = F.ones([1]);
        foreach (var bad in new[] { "\ud800", "a\udc00", "\uFFFD\ud800", "\udc00\ud800" })
        {
            var error = Assert.Throws<ArgumentException>(() => SafeTensors.Save(_folder["s"], [new(bad, x)]));
            Assert.Contains("not valid Unicode", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => SafeTensors.Save(_folder["s"], [new("x", x)], [new(bad, "")]));
            Assert.Throws<ArgumentException>(() => SafeTensors.Save(_folder["s"], [new("x", x)], [new("k", bad)]));
            Assert.Throws<ArgumentException>(() => TorchFile.SaveStateDict(_folder["s"], [new(bad, x)]));
        }

        Assert.Throws<ArgumentException>(() => SafeTensors.Save(_folder["s"], [new("x", x)], [new("k", "a"), new("k", "b")]));
        Assert.Throws<ArgumentNullException>(() => SafeTensors.Save(_folder["s"], [new("x", x)], [new("k", null!)]));
        Assert.Empty(_folder.Files());

        const string Odd = "\uFFFD \ud83d\ude00 \0";
        SafeTensors.Save(_folder["s"], [new(Odd, x)], [new(Odd, Odd)]);
        Assert.Equal([Odd], SafeTensors.Load(_folder["s"]).Keys);
        Assert.Equal(Odd, SafeTensors.ReadHeader(_folder["s"]).Metadata[Odd]);
        TorchFile.SaveStateDict(_folder["s"], [new(Odd, x)]);
        Assert.Equal([Odd], TorchFile.LoadStateDict(_folder["s"]).Keys);
    }

    [Fact]
    public void TextsInFilesThatAreNoUnicodeAreRefused()
    {
        foreach (var header in new[]
        {
            """{"__metadata__":{"k":"\ud800"}}""", """{"__metadata__":{"\udc00":""}}""",
            """{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"""
        })
        {
            var path = _folder.Write("u", SafeTensorsFolder.Assemble(header));
            Assert.Throws<CheckpointException>(() => SafeTensors.ReadHeader(path));
        }

        var bytes = SafeTensorsFolder.Assemble("""{"__metadata__":{"k":"?"}}""");
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xFF;
        Assert.Throws<CheckpointException>(() => SafeTensors.ReadHeader(_folder.Write("u", bytes)));
    }

    [Fact]
    public void ALinkStaysALink()
    {
        var target = _folder["target"];
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(_folder["near"], "target");
        File.CreateSymbolicLink(_folder["far"], "near");
        File.CreateSymbolicLink(_folder["dangling"], "new");
        Checkpoint.Save(_folder["far"], ("x", 1));
        Checkpoint.Save(_folder["dangling"], ("x", 2));

        Assert.Equal("near", new FileInfo(_folder["far"]).LinkTarget);
        Assert.Null(new FileInfo(target).LinkTarget);
        Assert.Equal(1, Checkpoint.Load(target).Value<long>("x"));
        Assert.Equal("new", new FileInfo(_folder["dangling"]).LinkTarget);
        Assert.Equal(2, Checkpoint.Load(_folder["new"]).Value<long>("x"));

        File.CreateSymbolicLink(_folder["round"], "round");
        Assert.Equal(_folder["round"], Assert.Throws<CheckpointException>(() => Checkpoint.Save(_folder["round"], ("x", 1))).File);
        Assert.Equal(["dangling", "far", "near", "new", "round", "target"], _folder.Files().Order());
    }

    [Fact]
    public void WhatCannotBeOpenedIsNamed()
    {
        var path = _folder["c"];
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => Checkpoint.Load(path)).Message, StringComparison.Ordinal);
        var below = Path.Combine(_folder["missing"], "c");
        Assert.Contains(below, Assert.Throws<FileNotFoundException>(() => TorchFile.Load(below)).Message, StringComparison.Ordinal);

        Checkpoint.Save(path, ("x", 1));
        using var open = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        foreach (var place in new[] { path, _folder[new string('n', 300)], _folder["."] })
        {
            Assert.Equal(place, Assert.Throws<CheckpointException>(() => SafeTensors.Load(place)).File);
        }
    }

    [Fact]
    public void ALoadThatFailsLeavesTheTemplate()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Sequential(new Linear(2, 3), new Linear(3, 1));
#pragma warning disable BRACHY073 // A layer that does not fit is what fails here.
        var (other, _) = new Sequential(new Linear(2, 3), new Linear(4, 1));
#pragma warning restore BRACHY073
        Checkpoint.Save(_folder["c"], ("model", (model, config)));
        var checkpoint = Checkpoint.Load(_folder["c"]);
        var (before, tensors) = (ToyTraining.Bits(other), other.Tensors().ToArray());
        Assert.Contains(
            "nothing was changed", Assert.Throws<ArgumentException>(() => checkpoint.Into("model", other)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(
            () => checkpoint.Into("model", other, rename: p => p == "1.weight" ? throw new InvalidOperationException() : p));
        var (part, _) = checkpoint.Into("model", other, strict: false);
        Assert.NotEqual(before, ToyTraining.Bits(part));

        Assert.Equal(before, ToyTraining.Bits(other));
        Assert.All(tensors.Zip(other.Tensors()), pair => Assert.Same(pair.First.Tensor, pair.Second.Tensor));
    }

    [Fact]
    public void AFilledTreeComesBack()
    {
        var tree = new StructureTree { Submodules = { ["a"] = new() { Params = { ["w"] = F.ones([2]) } } } }.Fill();
        Checkpoint.Save(_folder["c"], ("model", tree));
        var (loaded, config) = Checkpoint.Load(_folder["c"]).Tree("model");
        Assert.Equal(StructureTree.PassThrough, loaded.Submodules["a"].ApplyFn);
        Assert.Equal([1, 1], loaded.Apply(config, F.ones([2])).Output.ToArray<float>());
    }
}
