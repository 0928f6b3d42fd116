using Brachy.Compilation;

namespace Brachy.Tests.Lowering;

/// <summary>Convolutions with what follows them, as one step: the same values as by libtorch, whatever comes between.</summary>
public class ConvolutionChainTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor, Tensor>> s_functions = new()
    {
        ["relu"] = (x, w, b) => F.relu(F.conv2d(x, w, b, padding: 1)),
        ["stride"] = (x, w, b) => F.silu(F.conv2d(x, w, b, stride: 2, padding: 1)),
        ["residual"] = (x, w, b) => F.relu(F.conv2d(F.relu(F.conv2d(x, w, b, padding: 1)), w, b, padding: 1) + x),
        ["two products"] = (x, w, b) => F.tanh(F.conv2d(x, w, b, padding: 1) + F.conv2d(F.sigmoid(x), w, b, padding: 1)),
        ["twice itself"] = (x, w, b) =>
        {
            var y = F.conv2d(x, w, b, padding: 1);
            return F.relu(y + y);
        },
        ["used twice"] = (x, w, b) =>
        {
            var y = F.conv2d(x, w, b, padding: 1);
            return F.relu(y) * y;
        },
        ["overwritten between"] = (x, w, b) =>
        {
            var z = x * 2;
            var y = F.conv2d(z, w, b, padding: 1);
            var t = F.relu(z) + 1;
            return F.relu(y + t);
        },
        ["pooled"] = (x, w, b) => F.mean(F.max_pool2d(F.relu(F.conv2d(x, w, b, padding: 1)), 3, 2, 1), [-2, -1]),
        ["one dim"] = (x, w, b) => F.relu(F.conv1d(F.reshape(x, 2, 16, -1), F.reshape(w, 16, 16, 9), b, padding: 4)),
        ["grouped"] = (x, w, b) => F.conv2d(x, F.slice(w, 1, 0, 4), b, padding: 1, groups: 4),
        ["depthwise"] = (x, w, b) => F.relu(F.conv2d(x, F.slice(w, 1, 0, 1), b, padding: 1, groups: 16)),
        ["few channels"] = (x, w, b) => F.relu(F.conv2d(F.slice(x, 1, 0, 3), F.slice(w, 1, 0, 3), b, padding: 1)),
    };

    public static TheoryData<string> Names => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void AChainIsWhatLibtorchComputes(string name)
    {
        var function = s_functions[name];
        using var rng = Rng.Scope(3);
        var (x, w, b) = (Rng.Normal([2, 16, 7, 9]), Rng.Normal([16, 16, 3, 3]), Rng.Normal([16]));
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            Tensor image = x.to(dtype), weight = w.to(dtype), bias = b.to(dtype);
            var expected = function(image, weight, bias).to(DType.Float64);
            var tolerance = dtype == DType.Float32 ? 1e-5 : 1e-13;

            // Known weights, which are laid out once, and weights that are given.
            var known = Jit.Compile((Tensor a) => function(a, weight, bias), backend: Backend.VectorCode);
            var given = Jit.Compile((Tensor[] a) => new[] { function(a[0], a[1], a[2]) }, backend: Backend.VectorCode);
            foreach (var result in new[] { known.Invoke(image), known.Invoke(image), given.Invoke([image, weight, bias])[0] })
            {
                Assert.Equal(dtype, result.dtype);
                var error = F.amax(F.abs(result.to(DType.Float64) - expected)) / F.amax(F.abs(expected));
                Assert.True((double)error < tolerance, $"{name} {dtype}: {(double)error}");
            }
        }
    }

    [Fact]
    public void LinearLayersWithKnownWeightsAddAndActivate()
    {
        using var rng = Rng.Scope(5);
        var (first, second, bias) = (Rng.Normal([70, 24]), Rng.Normal([24, 70]), Rng.Normal([70]));
        Tensor Function(Tensor x) => F.relu(F.linear(F.gelu(F.linear(x, first, bias)), second) + x);
        var x = Rng.Normal([3, 11, 24]);
        var expected = Function(x);
        foreach (var backend in new[] { Backend.VectorCode, Backend.Default })
        {
            var result = Jit.Compile((Tensor a) => Function(a), backend: backend).Invoke(x);
            var error = F.amax(F.abs(result - expected)) / F.amax(F.abs(expected));
            Assert.True((double)error < 1e-5, $"{(double)error}");
        }
    }

    /// <summary>More rows than have room in 16 bits, each a part of its own for the threads.</summary>
    [Fact]
    public void ManySmallImages()
    {
        using var rng = Rng.Scope(7);
        var (images, weight, linear) = (Rng.Normal([70_000, 2, 1, 4]), Rng.Normal([3, 2, 1, 2]), Rng.Normal([5, 3]));
        Tensor Function(Tensor x)
        {
            var y = F.conv2d(x, weight);
            y = F.max_pool2d(y, (1, 2), stride: (1, 1)) + F.avg_pool2d(y, (1, 2), stride: (1, 1));
            return F.linear(F.select(F.select(y, 3, 1), 2, 0), linear);
        }

        var expected = Function(images);
        var result = Jit.Compile((Tensor x) => Function(x), backend: Backend.VectorCode).Invoke(images);
        Assert.True((double)F.amax(F.abs(result - expected)) < 1e-4);
    }

    /// <summary>Blocks of queries that are not full, masks of several shapes, queries before keys.</summary>
    [Theory]
    [InlineData(8, 8, false, false)]
    [InlineData(70, 70, true, false)]
    [InlineData(70, 33, false, true)]
    [InlineData(9, 140, true, true)]
    public void AttentionOfManyQueries(int queries, int keys, bool isCausal, bool hasMask)
    {
        using var rng = Rng.Scope(6);
        var (q, k, v) = (Rng.Normal([2, 3, queries, 20]), Rng.Normal([2, 3, keys, 20]), Rng.Normal([2, 3, keys, 20]));
        Tensor Number(double value) => F.full([], value, DType.Float32);
        var mask = hasMask ? F.where(Rng.Normal([2, 1, 1, keys]) > 0.5, Number(double.NegativeInfinity), Number(0.5)) : null;
        Tensor Function(Tensor q, Tensor k, Tensor v) =>
            F.scaled_dot_product_attention(q, k, v, isCausal ? null : mask, is_causal: isCausal);
        var expected = Function(q, k, v);
        var result = Jit.Compile((Tensor[] x) => new[] { Function(x[0], x[1], x[2]) }, backend: Backend.VectorCode).Invoke([q, k, v])[0];
        Assert.All(expected.ToArray<float>().Zip(result.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void AnImageThatIsGivenAwayIsOverwritten()
    {
        using var rng = Rng.Scope(4);
        var weight = Rng.Normal([16, 16, 3, 3]);
        Tensor Function(Tensor x) => F.relu(F.conv2d(x, weight, padding: 1) + x);
        var image = Rng.Normal([1, 16, 5, 5]);
        var expected = Function(image).ToArray<float>();
        var compiled = Jit.Compile((Tensor x) => Function(x), donate: [0], backend: Backend.VectorCode);
        var result = compiled.Invoke(image.clone()).ToArray<float>();
        Assert.All(expected.Zip(result), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }
}
