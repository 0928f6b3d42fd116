using System.Security.Cryptography;
using System.Text;
using Brachy.Modules;

namespace Brachy.Models.Tests.Vision;

public class NetworkNameTests
{
    public static TheoryData<string, Func<StateOrganizer>> Networks => new()
    {
        { "resnet18", () => ResNet.ResNet18() },
        { "resnet34", () => ResNet.ResNet34() },
        { "resnet50", () => ResNet.ResNet50() },
        { "resnet101", () => ResNet.ResNet101() },
        { "resnet152", () => ResNet.ResNet152() },
        { "resnext50_32x4d", () => ResNet.ResNeXt50() },
        { "resnext101_32x8d", () => ResNet.ResNeXt101() },
        { "wide_resnet50_2", () => ResNet.WideResNet50() },
        { "wide_resnet101_2", () => ResNet.WideResNet101() },
        { "mobilenet_v3_large", () => MobileNetV3.Large() },
        { "mobilenet_v3_small", () => MobileNetV3.Small() },
        { "vit_b_16", () => VisionTransformer.B16() },
        { "vit_b_32", () => VisionTransformer.B32() },
        { "vit_l_16", () => VisionTransformer.L16() },
        { "vit_l_32", () => VisionTransformer.L32() },
        { "vit_h_14", () => VisionTransformer.H14() },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Names_shapes_and_counts_are_those_of_torchvision(string name, Func<StateOrganizer> make)
    {
        var tensors = ModuleOutline.Of(make).Tensors.Where(t => !t.Path.EndsWith("key", StringComparison.Ordinal)).ToArray();
        var lines = tensors.Select(t => $"{t.Path} {string.Join(",", t.Type.Shape)}").Order(StringComparer.Ordinal).ToArray();
        if (name is "resnet18" or "resnet50" or "mobilenet_v3_large" or "mobilenet_v3_small" or "vit_b_16")
        {
            Assert.Equal(VisionFixture.Lines(name + ".names.txt"), lines);
        }

        var words = VisionFixture.Lines("names.txt").Select(line => line.Split(' ')).Single(words => words[0] == name);
        var text = string.Concat(lines.Select(line => line + "\n"));
        Assert.Equal(words[1], $"{tensors.Where(t => !IsBuffer(t.Path)).Sum(t => t.Type.Shape.NumElements)}");
        Assert.Equal(words[2], Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private static bool IsBuffer(string path) =>
        path.EndsWith("running_mean", StringComparison.Ordinal) || path.EndsWith("running_var", StringComparison.Ordinal)
        || path.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    [Fact]
    public void A_network_without_classes_has_no_head()
    {
        using var rng = Rng.Scope(0);
        Assert.DoesNotContain(ResNet.ResNet18(classes: 0).Tree.Tensors(), t => t.Path.StartsWith("fc", StringComparison.Ordinal));
        Assert.DoesNotContain(MobileNetV3.Small(0).Tree.Tensors(), t => t.Path.StartsWith("classifier", StringComparison.Ordinal));
        Assert.DoesNotContain(Small(0).Tree.Tensors(), t => t.Path.StartsWith("heads", StringComparison.Ordinal));

        static VisionTransformer Small(long classes) => new(16, 8, 1, 2, 8, 8, classes);
    }

    [Fact]
    public void Sizes_that_make_no_network_are_refused()
    {
        using var rng = Rng.Scope(0);
        Assert.Throws<ArgumentException>(() => new ResNet(ResNetBlock.Basic, [2, 2, 2]));
        Assert.Throws<ArgumentException>(() => new ResNet(ResNetBlock.Basic, [2, 0, 2, 2]));
        Assert.Throws<ArgumentException>(() => new ResNet(ResNetBlock.Basic, [2, 2, 2, 2], groups: 32, widthPerGroup: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ResNet.ResNet18(-1));
        Assert.Throws<ArgumentException>(() => new MobileNetV3([], 64));
        Assert.Throws<ArgumentException>(() => new MobileNetV3(
            [new(16, 3, 16, 16, true, false, 2), new(24, 3, 72, 24, false, false, 2)], 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => MobileNetV3.Small(width: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InvertedResidual(new(16, 3, 16, 16, true, false, 3)));
        var error = Assert.Throws<ArgumentException>(() => new VisionTransformer(30, 8, 1, 2, 8, 8));
        Assert.Contains("Patches of 8 do not fill images of 30", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new VisionTransformer(32, 8, 1, 3, 8, 8));
    }
}
