using Brachy.Compilation;
using CsCheck;

namespace Brachy.Tests.Lowering;

/// <summary>What a training step of a convolutional network does in vector code, against libtorch.</summary>
public class ConvolutionTrainingTests
{
    private sealed record Case(Shape Image, Shape Weight, long Stride, long Padding, long Dilation, bool HasBias, int Seed);

    private static readonly Gen<Case> s_cases =
        from images in Gen.Long[1, 3]
        from channels in Gen.Long[1, 20]
        from outputs in Gen.Long[1, 20]
        from height in Gen.Long[5, 12]
        from width in Gen.Long[5, 12]
        from kernelHeight in Gen.Long[1, 3]
        from kernelWidth in Gen.Long[1, 3]
        from stride in Gen.Long[1, 2]
        from padding in Gen.Long[0, 2]
        from dilation in Gen.Long[1, 2]
        from hasBias in Gen.Bool
        from seed in Gen.Int[0, 1000]
        where padding <= dilation * (Math.Min(kernelHeight, kernelWidth) - 1)
        select new Case(
            [images, channels, height, width], [outputs, channels, kernelHeight, kernelWidth], stride, padding, dilation, hasBias, seed);

    [Fact]
    public void GradientsOfConvolutionsAreThoseOfLibtorch() => s_cases.Sample(RequireGradients, iter: 100);

    /// <summary>Single channels go another way.</summary>
    [Fact]
    public void GradientsOfOneChannelAreThoseOfLibtorch() => RequireGradients(new([2, 1, 12, 8], [1, 1, 2, 3], 1, 0, 2, true, 809));

    private static void RequireGradients(Case of)
    {
        using var scope = TensorScope.Begin();
        using var rng = Rng.Scope(of.Seed);
        Tensor[] operands =
        [
            Rng.Normal(of.Image, DType.Float64), Rng.Normal(of.Weight, DType.Float64),
            .. of.HasBias ? new[] { Rng.Normal([of.Weight[0]], DType.Float64) } : [],
        ];
        Tensor Loss(Tensor[] x) => F.sum(F.square(F.conv2d(
            x[0], x[1], of.HasBias ? x[2] : null, stride: of.Stride, padding: of.Padding, dilation: of.Dilation)));
        RequireEqual(operands, x => Grad.Of<Tensor[]>(Loss)(x), 1e-11);
    }

    [Theory]
    [InlineData(8, 6, 5)]
    [InlineData(37, 6, 5)]
    [InlineData(3, 40, 40)]
    public void BatchNormsAndTheirGradientsAreThoseOfLibtorch(long channels, long height, long width)
    {
        using var rng = Rng.Scope(1);
        Tensor[] operands =
        [
            (Rng.Normal([4, channels, height, width], DType.Float64) * 2) + 3, Rng.Normal([channels], DType.Float64),
            Rng.Normal([channels], DType.Float64), F.zeros([channels], DType.Float64), F.ones([channels], DType.Float64),
            Rng.Normal([4, channels, height, width], DType.Float64),
        ];
        RequireEqual(
            operands,
            x =>
            {
                var (y, mean, variance) = F.batch_norm(x[0], x[3], x[4], x[1], x[2], training: true, momentum: 0.3);
                var gradients = Grad.Of((Tensor[] p) => F.sum(
                    F.batch_norm(p[0], x[3], x[4], p[1], p[2], training: true).output * x[5]))([x[0], x[1], x[2]]);
                return [y, mean!, variance!, .. gradients];
            },
            1e-10);
    }

    [Theory]
    [InlineData("max")]
    [InlineData("mean")]
    [InlineData("padded mean")]
    [InlineData("divided mean")]
    public void GradientsOfPoolingsAreThoseOfLibtorch(string kind)
    {
        using var rng = Rng.Scope(2);
        Tensor[] operands = [Rng.Normal([3, 5, 9, 8], DType.Float64), Rng.Normal([5, 5, 3, 3], DType.Float64)];
        Tensor Pooled(Tensor x) => kind switch
        {
            "max" => F.max_pool2d(x, 3, 2, 1),
            "mean" => F.avg_pool2d(x, 3, 2, 1, count_include_pad: false),
            "padded mean" => F.avg_pool2d(x, (2, 3), (1, 2), 1, ceil_mode: true),
            _ => F.adaptive_avg_pool2d(x, (4, 3)),
        };
        RequireEqual(
            operands,
            x => Grad.Of((Tensor[] p) => F.sum(F.square(Pooled(F.conv2d(p[0], p[1], padding: 1)))))(x), 1e-11);
    }

    /// <summary>Statistics that are given depend on no pixel, and one that is infinite spoils no other.</summary>
    [Fact]
    public void AnInfiniteGradientStaysAtItsPixelWhereStatisticsAreGiven()
    {
        using var rng = Rng.Scope(6);
        var x = Rng.Normal([2, 3, 4, 4]);
        var factor = F.where(F.eq(F.arange(96), 40), float.PositiveInfinity, 1f).reshape(2, 3, 4, 4);
        var (mean, variance) = (F.zeros([3]), F.ones([3]));
        Tensor Gradient(Tensor a) => Grad.Of((Tensor p) => F.sum(F.batch_norm(p, mean, variance).output * factor))(a);
        var result = Jit.Compile((Tensor a) => Gradient(a), backend: Backend.VectorCode).Invoke(x).ToArray<float>();
        Assert.Equal(Gradient(x).ToArray<float>(), result, (a, b) => a == b || Math.Abs(a - b) < 1e-5);
        Assert.True(float.IsInfinity(result[40]));
    }

    /// <summary>Of one channel all pixels are added up: each block of few loses few digits.</summary>
    [Fact]
    public void AConstantImageIsZeroBehindABatchNorm()
    {
        var norm = Jit.Compile((Tensor a) => F.batch_norm(a, null, null, training: true).output, backend: Backend.VectorCode);
        Assert.All(norm.Invoke(F.full([16, 1, 64, 64], 0.1)).ToArray<float>(), y => Assert.InRange(y, -1e-3f, 1e-3f));
    }

    /// <summary>A residual network: everything that its step does, from bytes to the gradients of all weights.</summary>
    [Fact]
    public void AStepOfAResidualNetworkIsThatOfLibtorch()
    {
        using var rng = Rng.Scope(4);
        var images = Rng.RandInt(0, 256, [4, 3, 16, 16]).to(DType.UInt8);
        var labels = Rng.RandInt(0, 5, [4]);
        Tensor[] weights = [.. new Shape[] { [8, 3, 3, 3], [16, 8, 3, 3], [16, 16, 3, 3], [16, 8, 1, 1], [8], [16], [5, 16] }
            .Select(shape => Rng.Normal(shape, DType.Float64) * 0.3)];
        Tensor Normed(Tensor x, Tensor scale) => F.batch_norm(x, null, null, scale, scale, training: true).output;
        Tensor Loss(Tensor[] w)
        {
            var x = (images.to(w[0].dtype) / 255) - 0.5;
            x = F.max_pool2d(F.relu(Normed(F.conv2d(x, w[0], padding: 1), w[4])), 3, 2, 1);
            var y = F.relu(Normed(F.conv2d(x, w[1], stride: 2, padding: 1), w[5]));
            y = F.relu(Normed(F.conv2d(y, w[2], padding: 1), w[5]) + F.conv2d(x, w[3], stride: 2));
            return F.softmax_cross_entropy(F.linear(F.reshape(F.avg_pool2d(y, 4), 4, 16), w[6]), labels);
        }

        RequireEqual(weights, x => Grad.Of<Tensor[]>(Loss)(x), 1e-10);
    }

    /// <summary>Images stay as convolutions leave them: nothing but the first image, and the last result, is copied.</summary>
    [Fact]
    public void BetweenConvolutionsNothingIsCopied()
    {
        using var rng = Rng.Scope(3);
        var (image, weight, scale) = (Rng.Normal([2, 16, 12, 12]), Rng.Normal([16, 16, 3, 3]), Rng.Normal([1, 16, 1, 1]));
        using var trace = Trace.BeginGraph("a test");
        var inputs = new[] { image, weight, scale }.Select((x, i) => trace.Argument(x.Type, $"{i}")).ToArray();
        var y = F.conv2d(inputs[0], inputs[1], padding: 1);
        y = F.relu(F.batch_norm(y, null, null, training: true).output);
        y = F.where(y > 0.5, y * inputs[2], F.tanh(y)) + F.conv2d(y, inputs[1], padding: 1);
        var graph = Graph.FromTrace(trace, inputs, [F.amax(F.avg_pool2d(y, 12), [2, 3])]);
        var program = VectorCompiler.Compile(Routines.Of(graph, MemoryPlan.Make(graph, new bool[3])), TrainingKernels.All).Program;

        // The image; weights in the order of the tiles; the mean of each channel.
        Assert.InRange(program!.CopiedElements, image.numel(), image.numel() + (2 * 16 * 32 * 16) + 32);
    }

    private static void RequireEqual(Tensor[] operands, Func<Tensor[], Tensor[]> function, double tolerance)
    {
        foreach (var dtype in new[] { DType.Float64, DType.Float32 })
        {
            Tensor[] typed = Array.ConvertAll(operands, x => x.to(dtype));
            var expected = Jit.Compile(function, backend: Backend.Interpreter).Invoke(operands);
            foreach (var isCut in new[] { false, true })
            {
                using var parts = isCut ? TeamStep.CutInto(1) : null;
                var results = Jit.Compile(function, backend: Backend.VectorCode).Invoke(typed);
                for (var i = 0; i < expected.Length; i++)
                {
                    var error = F.amax(F.abs(results[i].to(DType.Float64) - expected[i])) / (F.amax(F.abs(expected[i])) + 1e-3);
                    Assert.True((double)error < (dtype == DType.Float64 ? tolerance : 2e-4), $"{dtype}, result {i}: {(double)error}");
                }
            }
        }
    }
}
