using Brachy.IO;
using Brachy.Modules;
using Brachy.NN;
using Brachy.Tests.Shared;
using TorchSharp;
using Sequential = Brachy.NN.Sequential;

namespace Brachy.Tests.Checkpoints;

/// <summary>Keys of its own, under other names, beside a submodule that has some.</summary>
[Module]
public partial class Noisy
{
    [Buffer]
    public partial RngKey NoiseKey { get; set; }

    [Buffer("second")]
    public partial RngKey? Other { get; set; }

    [Buffer]
    public partial Tensor Key { get; set; }

    public partial Dropout Drop { get; set; }

    public Noisy()
    {
        NoiseKey = Rng.NextKey();
        Other = Rng.NextKey();
        Key = Tensor.FromArray([3L], []);
        Drop = new(0.5);
    }

    public Tensor Forward(Tensor x) => Drop.Call(x);
}

/// <summary>
/// PyTorch's modules have no random keys: files and modules that it reads are without, and what comes from it need not have any.
/// </summary>
public class RandomKeyTests
{
    public static TheoryData<string> Layers =>
        ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "MultiheadAttention", "CausalSelfAttention", "Noisy", "wrapped"];

    [Theory]
    [MemberData(nameof(Layers))]
    public void ExchangeFormatsLeaveThemOut(string layer)
    {
        using var rng = Rng.Scope(1);
        using var folder = new TemporaryFolder();
        var (tree, keys, others) = Tree(layer);
        var all = tree.Tensors().Select(t => t.Path).ToArray();
        Assert.All(keys, key => Assert.Contains(key, all));

        TorchFile.SaveStateDict(folder["m.pt"], tree);
        SafeTensors.Save(folder["m.safetensors"], tree);
        var state = TorchFile.LoadStateDict(folder["m.pt"]);
        Assert.Equal(all.Except(keys), state.Keys);
        Assert.Equal(
            all.Except(keys).Order(StringComparer.Ordinal), SafeTensors.Load(folder["m.safetensors"]).Keys.Order(StringComparer.Ordinal));
        Assert.All(others, other => Assert.Contains(other, state.Keys));

        // What has none fits, and keys stay; keys that are there are taken.
        using var again = Rng.Scope(2);
        var other = Tree(layer).Tree;
        var (loaded, report) = Import.FromStateDict(other, state);
        Assert.Equal("complete", report.ToString());
        Assert.All(keys, key => Assert.Equal(Value(other, key), Value(loaded, key)));
        (loaded, report) = Import.FromStateDict(other, tree.Tensors().Select(t => KeyValuePair.Create(t.Path, t.Tensor)));
        Assert.Equal("complete", report.ToString());
        Assert.All(keys, key => Assert.Equal(Value(tree, key), Value(loaded, key)));

        // A checkpoint of Brachy resumes a training, and has all.
        Checkpoint.Save(folder["c.safetensors"], ("model", (tree, GlobalConfig.Empty)));
        var resumed = Checkpoint.Load(folder["c.safetensors"]).Into("model", other).Tree;
        Assert.All(keys, key => Assert.Equal(Value(tree, key), Value(resumed, key)));
    }

    [Fact]
    public void ModulesOfTorchSharpFit()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        var theirs = torch.nn.Sequential(
            torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(4, 2));
        var tree = new Sequential(new Linear(3, 4), new BatchNorm1d(4), new ReLU(), new Dropout(0.2), new Linear(4, 2)).Tree;
        Assert.Contains("3.key", tree.Tensors().Select(t => t.Path));
        Assert.Equal("complete", Export.ToTorch(tree, theirs).ToString());
        var (imported, report) = Import.FromTorch(tree, theirs);
        Assert.Equal("complete", report.ToString());
        Assert.Equal(Value(tree, "3.key"), Value(imported, "3.key"));
        Assert.Equal(tree.Tensors().First().Tensor.ToArray<float>(), theirs.state_dict()["0.weight"].data<float>().ToArray());

        // What only looks like a key is a buffer like others.
        var plain = new StructureTree { Buffers = { ["key"] = Rng.NextKey().Tensor } };
        Assert.Equal(["key"], Import.FromStateDict(plain, [], strict: false).Report.Missing);
    }

    private static long Value(StructureTree tree, string path) => tree.Tensors().First(t => t.Path == path).Tensor.item<long>();

    private static (StructureTree Tree, string[] Keys, string[] Others) Tree(string layer) => layer switch
    {
        "Dropout" => (new Sequential(new Linear(2, 2), new Dropout(0.1)).Tree, ["1.key"], ["0.weight", "0.bias"]),
        "Dropout1d" => (new Sequential(new Dropout1d(0.1)).Tree, ["0.key"], []),
        "Dropout2d" => (new Sequential(new Dropout2d(0.1)).Tree, ["0.key"], []),
        "Dropout3d" => (new Sequential(new Dropout3d(0.1)).Tree, ["0.key"], []),
        "AlphaDropout" => (new Sequential(new AlphaDropout(0.1)).Tree, ["0.key"], []),
        "MultiheadAttention" => (new Brachy.NN.MultiheadAttention(4, 2, dropout: 0.1).Tree, ["key"], ["in_proj_weight", "out_proj.bias"]),
        "CausalSelfAttention" => (new CausalSelfAttention(4, 2, dropout: 0.1).Tree, ["key", "resid_dropout.key"], ["c_attn.weight"]),
        "Noisy" => (new Noisy().Tree, ["noise_key", "second", "drop.key"], ["key"]),
        _ => (MixedPrecision.Cast(new Sequential(new Linear(2, 2), new Dropout(0.1)).Tree), ["1.key"], ["0.weight"]),
    };
}
