using Brachy.Modules;

namespace Brachy.Tests.Modules;

/// <summary>
/// Multiply-adds of models whose numbers are published: torchvision's documentation names them, in units of 10^9, for one image of 224×224
/// (https://docs.pytorch.org/vision/stable/models.html).
/// </summary>
public class PublishedModelTests
{
    public static TheoryData<string, double> Published { get; } = new()
    {
        { "alexnet", 0.71 },
        { "vgg16", 15.47 },
        { "resnet18", 1.81 },
        { "resnet34", 3.66 },
        { "resnet50", 4.09 },
        { "resnext50_32x4d", 4.23 },
        { "mobilenet_v2", 0.30 },
        { "vit_b_16", 17.56 },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void MultiplyAddsAreThePublishedOnes(string model, double billions)
    {
        // Weights are made where the model is traced, so that they have no memory.
        var tree = StructureTree.FromFunc<Tensor, Tensor>(
            x => model switch
            {
                "alexnet" => AlexNet(x),
                "vgg16" => Vgg16(x),
                "resnet18" => ResNet(x, [2, 2, 2, 2], bottleneck: false),
                "resnet34" => ResNet(x, [3, 4, 6, 3], bottleneck: false),
                "resnet50" => ResNet(x, [3, 4, 6, 3], bottleneck: true),
                "resnext50_32x4d" => ResNet(x, [3, 4, 6, 3], bottleneck: true, groups: 32, groupWidth: 4),
                "mobilenet_v2" => MobileNetV2(x),
                _ => VisionTransformer(x),
            },
            model);
        foreach (var images in new[] { 1, 4 })
        {
            var summary = ModuleSummary.Of(tree, GlobalConfig.Empty, F.zeros([images, 3, 224, 224]));
            Assert.Equal(billions, Math.Round(summary.MultiplyAdds / 1e9 / images, 2));
            Assert.Equal(0, summary.MultiplyAdds % images);
        }
    }

    private static Tensor AlexNet(Tensor x)
    {
        x = F.max_pool2d(Convolution(x, 64, 11, stride: 4, padding: 2), 3, stride: 2);
        x = F.max_pool2d(Convolution(x, 192, 5), 3, stride: 2);
        x = Convolution(Convolution(Convolution(x, 384, 3), 256, 3), 256, 3);
        x = F.flatten(F.adaptive_avg_pool2d(F.max_pool2d(x, 3, stride: 2), 6), 1);
        return Linear(Linear(Linear(x, 4096), 4096), 1000);
    }

    private static Tensor Vgg16(Tensor x)
    {
        foreach (var (channels, layers) in new[] { (64, 2), (128, 2), (256, 3), (512, 3), (512, 3) })
        {
            for (var i = 0; i < layers; i++)
            {
                x = Convolution(x, channels, 3);
            }

            x = F.max_pool2d(x, 2);
        }

        return Linear(Linear(Linear(F.flatten(x, 1), 4096), 4096), 1000);
    }

    private static Tensor ResNet(Tensor x, int[] blocks, bool bottleneck, long groups = 1, long groupWidth = 64)
    {
        x = F.max_pool2d(Convolution(x, 64, 7, stride: 2), 3, stride: 2, padding: 1);
        for (var stage = 0; stage < blocks.Length; stage++)
        {
            var planes = 64L << stage;
            for (var i = 0; i < blocks[stage]; i++)
            {
                var stride = i == 0 && stage > 0 ? 2 : 1;
                var width = planes * groupWidth / 64 * groups;
                var y = bottleneck
                    ? Convolution(Convolution(Convolution(x, width, 1), width, 3, stride, groups: groups), 4 * planes, 1)
                    : Convolution(Convolution(x, planes, 3, stride), planes, 3);
                x = y + (x.shape == y.shape ? x : Convolution(x, y.shape[1], 1, stride));
            }
        }

        return Head(x);
    }

    private static Tensor MobileNetV2(Tensor x)
    {
        x = Convolution(x, 32, 3, stride: 2);
        foreach (var (expansion, channels, count, firstStride) in new[]
        {
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        })
        {
            for (var i = 0; i < count; i++)
            {
                var width = expansion * x.shape[1];
                var y = expansion == 1 ? x : Convolution(x, width, 1);
                x = Convolution(Convolution(y, width, 3, i == 0 ? firstStride : 1, groups: width), channels, 1);
            }
        }

        return Head(Convolution(x, 1280, 1));
    }

    private static Tensor VisionTransformer(Tensor x)
    {
        var patches = F.transpose(F.flatten(Convolution(x, 768, 16, stride: 16, padding: 0), 2), 1, 2);
        x = F.cat([F.zeros([x.shape[0], 1, 768]), patches], 1);
        for (var layer = 0; layer < 12; layer++)
        {
            var heads = F.permute(F.reshape(Linear(x, 3 * 768), x.shape[0], 197, 3, 12, 64), 2, 0, 3, 1, 4);
            var y = F.scaled_dot_product_attention(F.select(heads, 0, 0), F.select(heads, 0, 1), F.select(heads, 0, 2));
            x += Linear(F.reshape(F.transpose(y, 1, 2), x.shape), 768);
            x += Linear(F.gelu(Linear(x, 3072)), 768);
        }

        return Linear(F.select(x, 1, 0), 1000);
    }

    private static Tensor Head(Tensor x) => Linear(F.mean(x, [2, 3]), 1000);

    /// <summary>A convolution that keeps the size of its images, but for the stride, and a relu.</summary>
    private static Tensor Convolution(Tensor x, long channels, long kernel, long stride = 1, long? padding = null, long groups = 1)
    {
        var weight = F.zeros([channels, x.shape[1] / groups, kernel, kernel]);
        return F.relu(F.conv2d(x, weight, stride: stride, padding: padding ?? kernel / 2, groups: groups));
    }

    private static Tensor Linear(Tensor x, long width) => F.linear(x, F.zeros([width, x.shape[^1]]), F.zeros([width]));
}
