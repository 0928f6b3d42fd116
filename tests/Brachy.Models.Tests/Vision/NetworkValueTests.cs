namespace Brachy.Models.Tests.Vision;

/// <summary>Networks with weights by a formula compute what torchvision's compute.</summary>
public class NetworkValueTests
{
    public static TheoryData<string, Func<StateOrganizer>, long> Networks => new()
    {
        { "resnet18", () => ResNet.ResNet18(7), 64 },
        { "resnet50", () => ResNet.ResNet50(7), 64 },
        { "resnext50", () => ResNet.ResNeXt50(7), 64 },
        { "mobilenet_v3_small", () => MobileNetV3.Small(7, dropout: 0), 64 },
        { "mobilenet_v3_large", () => MobileNetV3.Large(7, dropout: 0), 64 },
        { "vit", () => new VisionTransformer(32, 8, 2, 4, 32, 64, 7), 32 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void Scores_and_running_statistics_are_those_of_torchvision(string file, Func<StateOrganizer> make, long size)
    {
        using var rng = Rng.Scope(0);
        using var scope = TensorScope.Begin();
        var expected = VisionFixture.Numbers(file + ".txt");
        var (tree, config) = make();
        tree = FormulaWeights.Filled(tree);
        var (evaluated, images) = (config.With("train_mode", false), FormulaWeights.Images(size));

        Tensor eager = tree.Apply(evaluated, images).Output;
        AssertClose(expected["eval"], eager);
        AssertClose(expected["eval"], Jit.Compile((Tensor x) => (Tensor)tree.Apply(evaluated, x).Output).Invoke(images));
        var (trained, scores) = tree.Apply(config, images);
        AssertClose(expected["train"], scores);
        foreach (var (path, values) in expected.Where(e => e.Key.Contains('.', StringComparison.Ordinal)))
        {
            AssertClose(values, F.slice((Tensor)trained[path], 0, 0, values.Length));
        }
    }

    [Fact]
    public void Features_are_what_the_head_sees()
    {
        using var rng = Rng.Scope(0);
        using var scope = TensorScope.Begin();
        var images = FormulaWeights.Images(64).to(DType.Float32);
        var resnet = ResNet.ResNet18(5);
        var evaluated = resnet.Config.With("train_mode", false);
        var bound = ResNet.Bind(resnet.Tree, evaluated);
        Assert.Equal([2, 512, 2, 2], bound.FeatureMap(images).shape);
        AssertSame(bound.Call(images), bound.Fc!.Call(bound.Features(images)));
        var headless = resnet.Tree.At("fc").Remove();
        AssertSame(bound.Features(images), ResNet.Bind(headless, evaluated).Call(images));

        var mobile = MobileNetV3.Small(5);
        var view = MobileNetV3.Bind(mobile.Tree, mobile.Config.With("train_mode", false));
        Assert.Equal([2, 576, 2, 2], view.FeatureMap(images).shape);
        AssertSame(view.Call(images), view.Classifier.Call(view.PooledFeatures(images)));

        var vit = new VisionTransformer(64, 16, 1, 2, 8, 8, 5);
        Assert.Equal([2, 17, 8], vit.FeatureMap(images).shape);
        AssertSame(vit.Call(images), vit.Heads["head"].Call(vit.Features(images)));
    }

    [Fact]
    public void Images_of_another_size_are_refused_by_a_vision_transformer()
    {
        using var rng = Rng.Scope(0);
        var error = Assert.Throws<ShapeException>(() => new VisionTransformer(32, 8, 1, 2, 8, 8).Call(F.zeros([1, 3, 40, 32])));
        Assert.Contains("must be [N, 3, 32, 32]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(56)]
    public void Positions_for_another_image_size_are_those_of_torchvision(int size)
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new VisionTransformer(32, 8, 1, 2, 4, 8, 7);
        tree = FormulaWeights.Filled(tree);
        var resized = VisionTransformer.WithImageSize(tree, size);
        AssertClose(VisionFixture.Numbers("positions.txt")[$"{size}"], resized["encoder.pos_embedding"].Tensor);
        Tensor scores = resized.Apply(config, FormulaWeights.Images(size)).Output;
        Assert.Equal([2, 7], scores.shape);
        Assert.Equal(32, VisionTransformer.Bind(tree, config).ImageSize);
        Assert.Throws<ArgumentException>(() => VisionTransformer.WithImageSize(tree, 30));
        Assert.Throws<ArgumentException>(() => VisionTransformer.WithImageSize(ResNet.ResNet18(0).Tree, 32));
    }

    private static void AssertSame(Tensor expected, Tensor actual) =>
        Assert.True((bool)F.all(F.eq(expected, actual)), $"{expected} and {actual}");

    private static void AssertClose(double[] expected, Tensor actual)
    {
        var values = actual.reshape(-1).ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < values.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - values[i]) <= 1e-9 * scale, $"element {i} is {values[i]}, not {expected[i]}");
        }
    }
}
