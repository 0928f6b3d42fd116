using Brachy.NN;

namespace Brachy.Tests.Ops;

public class DropoutTests
{
    private static readonly RngKey s_key = Rng.Seed(7);

    [Fact]
    public void ChannelsAreDroppedAsAWhole()
    {
        foreach (var (y, channels) in new[]
        {
            (F.dropout1d(F.ones([50, 40, 3]), 0.3, key: s_key), 2000), (F.dropout1d(F.ones([2000, 3]), 0.3, key: s_key), 2000),
            (F.dropout2d(F.ones([50, 40, 2, 3]), 0.3, key: s_key), 2000), (F.dropout2d(F.ones([50, 40, 3]), 0.3, key: s_key), 2000),
            (F.dropout3d(F.ones([50, 40, 2, 1, 2]), 0.3, key: s_key), 2000), (F.dropout3d(F.ones([2000, 2, 1, 2]), 0.3, key: s_key), 2000),
        })
        {
            var rows = y.reshape(channels, y.numel() / channels);
            var first = rows[.., 0].ToArray<float>();
            Assert.InRange(first.Count(v => v == 0), 520, 680);
            Assert.All(first, v => Assert.True(v == 0 || Math.Abs(v - (1 / 0.7f)) < 1e-6));
            Assert.True(F.eq(rows, rows[.., 0..1]).all().item<bool>());
        }
    }

    [Fact]
    public void AlphaDropoutKeepsMeanAndVariance()
    {
        var y = F.alpha_dropout(Rng.Normal([50_000], DType.Float64, Rng.Seed(1)), 0.3, key: s_key);
        Assert.Equal(0, y.mean().item<double>(), 0.03);
        Assert.Equal(1, y.var().item<double>(), 0.03);
    }

    [Fact]
    public void EvaluationAndNoProbabilityLeaveTheInputAsItIs()
    {
        var x = F.ones([2, 3, 4, 5]);
        Assert.Same(x, F.dropout2d(x, 0.5, training: false));
        Assert.Same(x, F.alpha_dropout(x, 0));
        Assert.All(F.alpha_dropout(x, 1, key: s_key).ToArray<float>(), v => Assert.Equal(0, v));
        Assert.All(F.dropout2d(x, 1, key: s_key).ToArray<float>(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        Assert.Contains("2 or 3", Assert.Throws<ShapeException>(() => F.dropout1d(F.ones([3]))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => F.dropout2d(F.ones([3, 3])));
        Assert.Throws<ShapeException>(() => F.dropout3d(F.ones([3, 3, 3])));
        Assert.Throws<DTypeException>(() => F.dropout2d(F.ones([3, 3, 3], DType.Int32)));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.alpha_dropout(F.ones([3]), double.NaN));
        Assert.Throws<ArgumentNullException>(() => F.dropout(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout2d(1.5));
    }

    [Fact]
    public void ACompiledLayerDrawsANewMaskAtEachCallAndTheSameOnesFromTheSameSeed()
    {
        var first = Masks();
        Assert.Equal(first, Masks());
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[1], first[2]);

        static float[][] Masks()
        {
            using var rng = Rng.Scope(9);
            var (tree, config) = new Dropout2d();
            var step = Jit.Compile((StructureTree t, GlobalConfig c, Tensor x) => Dropout2d.Apply(t, c, x), name: "Dropout2d");
            var masks = new float[3][];
            for (var i = 0; i < masks.Length; i++)
            {
                (tree, var y) = step.Invoke(tree, config, F.ones([4, 10, 2, 2]));
                masks[i] = y.ToArray<float>();
            }

            Assert.Equal(1, step.TraceCount);
            return masks;
        }
    }
}
