using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Models.Tests.Vision;

/// <summary>Files with torchvision's names are loaded without saying which network is in them.</summary>
public sealed class VisionPretrainedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<Func<StateOrganizer>, Func<string, PretrainedModel>> Networks => new()
    {
        { () => new ResNet(ResNetBlock.Basic, [1, 2, 1, 1], 5), path => ResNet.FromPretrained(path) },
        { () => new ResNet(ResNetBlock.Bottleneck, [1, 1, 2, 1], 0, 32, 4), path => ResNet.FromPretrained(path) },
        { () => new ResNet(ResNetBlock.Bottleneck, [1, 1, 1, 1], 3, widthPerGroup: 128), path => ResNet.FromPretrained(path) },
        { () => MobileNetV3.Small(5), path => MobileNetV3.FromPretrained(path) },
        { () => MobileNetV3.Large(0), path => MobileNetV3.FromPretrained(path) },
        { () => MobileNetV3.Small(5, width: 0.5), path => MobileNetV3.FromPretrained(path) },
        { () => new VisionTransformer(32, 8, 2, 1, 64, 32, 5), path => VisionTransformer.FromPretrained(path) },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Names_and_shapes_say_which_network_a_file_holds(Func<StateOrganizer> make, Func<string, PretrainedModel> load)
    {
        using var rng = Rng.Scope(1);
        var tree = make().Tree;
        SafeTensors.Save(_folder["network.safetensors"], tree);
        TorchFile.SaveStateDict(_folder["network.pth"], tree);
        foreach (var file in _folder.Files())
        {
            var (loaded, config, report) = load(_folder[file]);
            Assert.True(report.IsComplete, report.ToString());
            Assert.False(config.Get("train_mode", true));
            foreach (var (path, tensor) in tree.Tensors().Where(t => !t.Path.EndsWith("key", StringComparison.Ordinal)))
            {
                Assert.True((bool)F.all(F.eq(tensor, (Tensor)loaded[path])), path);
            }
        }
    }

    [Fact]
    public void Another_number_of_classes_gives_another_head()
    {
        using var rng = Rng.Scope(1);
        var files = (ResNet: _folder["r.safetensors"], Mobile: _folder["m.safetensors"], Vit: _folder["v.safetensors"]);
        var vit = new VisionTransformer(32, 8, 1, 1, 64, 32, 5);
        SafeTensors.Save(files.ResNet, new ResNet(ResNetBlock.Basic, [1, 1, 1, 1], 5).Tree);
        SafeTensors.Save(files.Mobile, MobileNetV3.Small(5).Tree);
        SafeTensors.Save(files.Vit, vit.Tree);

        Assert.Equal([7, 512], ResNet.FromPretrained(files.ResNet, classes: 7).Tree["fc.weight"].Tensor.shape);
        Assert.Null(ResNet.Bind(ResNet.FromPretrained(files.ResNet, classes: 0).Tree, GlobalConfig.Empty).Fc);
        Assert.Equal([7, 1024], MobileNetV3.FromPretrained(files.Mobile, classes: 7).Tree["classifier.3.weight"].Tensor.shape);
        Assert.Equal([7, 64], VisionTransformer.FromPretrained(files.Vit, classes: 7).Tree["heads.head.weight"].Tensor.shape);
        var (larger, config) = VisionTransformer.FromPretrained(files.Vit, imageSize: 48);
        Assert.Equal([1, 37, 64], larger["encoder.pos_embedding"].Tensor.shape);
        Assert.Equal([2, 5], ((Tensor)larger.Apply(config, FormulaWeights.Images(48).to(DType.Float32)).Output).shape);
    }

    [Fact]
    public void Old_names_and_prefixes_of_wrappers_are_known()
    {
        using var rng = Rng.Scope(1);
        var tree = new VisionTransformer(32, 8, 1, 1, 64, 32, 5).Tree;
        var state = tree.Tensors().Where(t => !t.Path.EndsWith("key", StringComparison.Ordinal)).ToDictionary(
            t => "module." + t.Path.Replace(".mlp.0.", ".mlp.linear_1.", StringComparison.Ordinal)
                .Replace(".mlp.3.", ".mlp.linear_2.", StringComparison.Ordinal),
            t => t.Tensor);
        SafeTensors.Save(_folder["old.safetensors"], state);
        var loaded = VisionTransformer.FromPretrained(_folder["old.safetensors"]);
        Assert.True(loaded.Report.IsComplete, loaded.Report.ToString());
        var path = "encoder.layers.encoder_layer_0.mlp.3.weight";
        Assert.True((bool)F.all(F.eq((Tensor)tree[path], (Tensor)loaded.Tree[path])));
    }

    [Fact]
    public void Files_of_other_networks_are_refused_with_their_path()
    {
        using var rng = Rng.Scope(1);
        var file = _folder["other.safetensors"];
        SafeTensors.Save(file, MobileNetV3.Small(5).Tree);
        foreach (var load in new Action[]
        {
            () => ResNet.FromPretrained(file), () => VisionTransformer.FromPretrained(file),
        })
        {
            Assert.Contains("other.safetensors", Assert.Throws<CheckpointException>(load).Message, StringComparison.Ordinal);
        }

        SafeTensors.Save(file, new VisionTransformer(32, 8, 1, 1, 64, 32, 5).Tree);
        Assert.Throws<CheckpointException>(() => MobileNetV3.FromPretrained(file));
        SafeTensors.Save(file, new Dictionary<string, Tensor> { ["features.0.0.weight"] = F.zeros([2]) });
        Assert.Throws<CheckpointException>(() => MobileNetV3.FromPretrained(file));
        SafeTensors.Save(file, new Dictionary<string, Tensor> { ["layer1.0.conv1.weight"] = F.zeros([2]) });
        Assert.Throws<CheckpointException>(() => ResNet.FromPretrained(file));
        SafeTensors.Save(file, new Dictionary<string, Tensor> { ["encoder.pos_embedding"] = F.zeros([2]) });
        Assert.Throws<CheckpointException>(() => VisionTransformer.FromPretrained(file));
        Assert.Throws<FileNotFoundException>(() => ResNet.FromPretrained(_folder["none.pth"]));
    }
}
