using Brachy.NN;
using Brachy.Tests.Ops;
using TorchSharp;
using TorchInit = TorchSharp.torch.nn.init;

namespace Brachy.Tests.NN;

/// <summary>Initial values: the formulas, and the distributions of torch.nn.init.</summary>
public class InitTests
{
    private static readonly Shape s_weight = [40, 30, 3, 2];
    private static readonly Shape s_matrix = [90, 80];
    private static readonly RngKey s_key = Rng.Seed(6);

    private static readonly Dictionary<string, (Shape Shape, Func<Shape, Tensor> Ours, Action<torch.Tensor> Theirs)> s_cases = new()
    {
        ["uniform"] = (s_matrix, s => Init.Uniform(s, -1, 3, s_key), t => TorchInit.uniform_(t, -1, 3)),
        ["normal"] = (s_matrix, s => Init.Normal(s, 1, 0.5, s_key), t => TorchInit.normal_(t, 1, 0.5)),
        ["xavier_uniform"] = (s_weight, s => Init.XavierUniform(s, 2, s_key), t => TorchInit.xavier_uniform_(t, 2)),

        // TorchSharp's xavier_normal_ draws uniform numbers.
        ["xavier_normal"] = (s_weight, s => Init.XavierNormal(s, key: s_key), t => TorchInit.normal_(t, 0, Math.Sqrt(2.0 / 420))),
        ["kaiming_uniform"] = (s_weight, s => Init.KaimingUniform(s, key: s_key), t => TorchInit.kaiming_uniform_(t)),
        ["kaiming_uniform, slope"] = (
            s_matrix, s => Init.KaimingUniform(s, Math.Sqrt(5), key: s_key), t => TorchInit.kaiming_uniform_(t, Math.Sqrt(5))),
        ["kaiming_uniform, fan out, tanh"] = (
            s_weight, s => Init.KaimingUniform(s, mode: FanMode.FanOut, nonlinearity: Nonlinearity.Tanh, key: s_key),
            t => TorchInit.kaiming_uniform_(t, 0, TorchInit.FanInOut.FanOut, TorchInit.NonlinearityType.Tanh)),
        ["kaiming_normal"] = (
            s_weight, s => Init.KaimingNormal(s, nonlinearity: Nonlinearity.ReLU, key: s_key),
            t => TorchInit.kaiming_normal_(t, 0, TorchInit.FanInOut.FanIn, TorchInit.NonlinearityType.ReLU)),
        ["orthogonal"] = (s_matrix, s => Init.Orthogonal(s, 2, s_key), t => TorchInit.orthogonal_(t, 2)),
        ["orthogonal of a kernel"] = (s_weight, s => Init.Orthogonal(s, key: s_key), t => TorchInit.orthogonal_(t)),
        ["sparse"] = (s_matrix, s => Init.Sparse(s, 0.3, 0.1, s_key), t => TorchInit.sparse_(t, 0.3, 0.1)),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesAreDistributedLikeThoseOfLibtorch(string name)
    {
        var (shape, ours, theirs) = s_cases[name];
        torch.random.manual_seed(3);
        using var noGrad = torch.no_grad();
        var native = torch.zeros(shape.ToArray());
        theirs(native);
        var x = ours(shape);
        Assert.Equal(new TensorType(shape, DType.Float32), x.Type);
        Distribution.AssertSame(x, native, name);
    }

    [Fact]
    public void TruncatedNormalValuesHaveTheirDistribution()
    {
        var x = Init.TruncNormal(s_matrix, 0.5, 2, -1, 3, s_key);
        Assert.InRange(x.min().item<float>(), -1, -0.95f);
        Assert.InRange(x.max().item<float>(), 2.95f, 3);

        // Normal distribution function at the limits, in standard deviations: -0.75 and 1.25.
        const double Low = 0.22662735237686821;
        const double High = 0.89435022633314476;
        Distribution.AssertIs(x, v => (((((v - 0.5) / (2 * Math.Sqrt(2))).erf() + 1) / 2) - Low) / (High - Low), "trunc_normal");
    }

    [Theory]
    [InlineData(Nonlinearity.Linear, null, 1.0)]
    [InlineData(Nonlinearity.Sigmoid, null, 1.0)]
    [InlineData(Nonlinearity.Tanh, null, 5.0 / 3)]
    [InlineData(Nonlinearity.ReLU, null, 1.4142135623730951)]
    [InlineData(Nonlinearity.LeakyReLU, null, 1.4141428569978354)]
    [InlineData(Nonlinearity.LeakyReLU, 2.0, 0.6324555320336759)]
    [InlineData(Nonlinearity.SELU, null, 0.75)]
    public void GainsAreThoseOfTorch(Nonlinearity nonlinearity, double? param, double expected) =>
        Assert.Equal(expected, Init.CalculateGain(nonlinearity, param), 1e-12);

    [Fact]
    public void FansCountTheKernel()
    {
        Assert.Equal((30 * 6, 40 * 6), Init.CalculateFans(s_weight));
        Assert.Equal((80, 90), Init.CalculateFans(s_matrix));
        Assert.Throws<ShapeException>(() => Init.CalculateFans([3]));
    }

    [Fact]
    public void UniformValuesReachTheirBoundsAndNoFurther()
    {
        AssertBound(Math.Sqrt(6.0 / (1 + 0.04) / 180), Init.KaimingUniform(s_weight, 0.2, key: s_key));
        AssertBound(3 * Math.Sqrt(6.0 / 420), Init.XavierUniform(s_weight, 3, s_key));
        AssertBound(1 / Math.Sqrt(80), Init.KaimingUniform(s_matrix, Math.Sqrt(5), key: s_key, dtype: DType.Float64));

        static void AssertBound(double bound, Tensor x)
        {
            Assert.InRange(x.max().to(DType.Float64).item<double>(), bound * 0.99, bound * 1.000001);
            Assert.InRange(x.min().to(DType.Float64).item<double>(), -bound * 1.000001, -bound * 0.99);
        }
    }

    [Fact]
    public void FixedValuesAreThoseOfTorch()
    {
        foreach (var shape in new Shape[] { [4, 2, 3], [3, 5, 2, 3], [6, 3, 1, 4, 3] })
        {
            foreach (var groups in new[] { 1, shape[0] / 2 })
            {
                var native = torch.zeros(shape.ToArray());
                if (groups == 1)
                {
                    TorchInit.dirac_(native);
                    OpCheck.AssertClose(native, Init.Dirac(shape), 0, $"{shape}");
                }
                else if (shape[0] % groups == 0)
                {
                    var perGroup = shape[0] / groups;
                    var one = Init.Dirac([perGroup, .. shape.Skip(1)]);
                    OpCheck.AssertClose(
                        F.cat([.. Enumerable.Repeat(one, (int)groups)]), Init.Dirac(shape, groups), 0, $"{shape}, {groups} groups");
                }
            }
        }

        Assert.Equal([1f, 0, 0, 0, 1, 0], Init.Eye([2, 3]).ToArray<float>());
        Assert.Equal([2.5, 2.5], Init.Constant([2], 2.5, DType.Float64).ToArray<double>());
        Assert.Equal([1f, 1], Init.Ones([2]).ToArray<float>());
        Assert.Equal(DType.BFloat16, Init.Zeros([2], DType.BFloat16).dtype);
    }

    [Fact]
    public void OrthogonalWeightsHaveOrthonormalRowsOrColumns()
    {
        var wide = Init.Orthogonal([6, 4, 3], 2, s_key, DType.Float64).reshape(6, 12);
        OpCheck.AssertClose(F.eye(6, dtype: DType.Float64) * 4, F.matmul(wide, F.transpose(wide, 0, 1)), 1e-12, "rows");
        var tall = Init.Orthogonal([8, 3], key: s_key, dtype: DType.Float64);
        OpCheck.AssertClose(F.eye(3, dtype: DType.Float64), F.matmul(F.transpose(tall, 0, 1), tall), 1e-12, "columns");
    }

    [Fact]
    public void SparseColumnsHaveTheirShareOfZeros() =>
        Assert.All(
            F.sum(F.eq(Init.Sparse([10, 7], 0.25, key: s_key), 0).to(DType.Int64), 0).ToArray<long>(), zeros => Assert.Equal(3, zeros));

    [Fact]
    public void EmptyWeightsAreEmpty()
    {
        foreach (var shape in new Shape[] { [0, 3], [3, 0], [2, 3, 0] })
        {
            Assert.Equal(shape, Init.KaimingUniform(shape, key: s_key).shape);
            Assert.Equal(shape, Init.XavierNormal(shape, key: s_key).shape);
            Assert.Equal(shape, Init.Orthogonal(shape, key: s_key).shape);
        }

        Assert.Equal(Shape.Create([0, 2, 3]), Init.Dirac([0, 2, 3]).shape);
        Assert.Equal(Shape.Create([3, 0]), Init.Sparse([3, 0], 0.5, key: s_key).shape);
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        Assert.Throws<ShapeException>(() => Init.KaimingNormal([3], key: s_key));
        Assert.Throws<ShapeException>(() => Init.Uniform([-3], key: s_key));
        Assert.Throws<ShapeException>(() => Init.Eye([3]));
        Assert.Throws<ShapeException>(() => Init.Dirac([3, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Init.Dirac([3, 3, 3], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Init.Sparse([3, 3], 1.5, key: s_key));
        Assert.Throws<ArgumentOutOfRangeException>(() => Init.KaimingNormal([3, 3], mode: (FanMode)5, key: s_key));
        Assert.Throws<ArgumentOutOfRangeException>(() => Init.CalculateGain((Nonlinearity)50));
        Assert.Throws<ArgumentException>(() => Init.TruncNormal([3], a: 1, b: 0, key: s_key));
        Assert.Throws<DTypeException>(() => Init.Normal([3], key: s_key, dtype: DType.Int64));
        Assert.Throws<InvalidOperationException>(() => Init.Normal([3]));
    }
}
