using System.Numerics;
using Brachy.NN;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/services.md.</summary>
[Trait("Category", "Quick")]
public partial class ServicesDocTests
{
    private readonly StructureTree _model;
    private readonly GlobalConfig _config;

    public ServicesDocTests()
    {
        using var rng = Rng.Scope(0);
        (_model, _config) = new Scorer(6, 3);
    }

    [Fact]
    public void AServiceTracesNothingAfterItsWarmup()
    {
        var (model, config) = (_model, _config);
        var traces = Scorer.JitApplyFunction.TraceCount;

        Scorer.JitApplyFunction.CacheLimit = 256;
        Parallel.ForEach((long[])[1, 2, 4, 8, 16], rows =>
            Jit.Warmup(() => Scorer.JitApply(model, config, F.zeros([rows, 6]))));

        Assert.Equal(traces + 5, Scorer.JitApplyFunction.TraceCount);
        for (var rows = 1; rows <= 16; rows++)
        {
            using var rng = Rng.Scope(rows);
            using var x = Rng.Normal([rows, 6]);
            var expected = Scorer.Apply(model, config, x).Output.ToArray<float>();
            Assert.Equal(expected.Length, Scores(x).Length);
            Assert.All(expected.Zip(Scores(x)), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }

        Assert.Equal(traces + 5, Scorer.JitApplyFunction.TraceCount);
        Assert.True(IsReady());
    }

    private float[] Scores(Tensor x)
    {
        using var scope = TensorScope.Begin();
        var rows = x.shape[0];
        var bucket = (long)BitOperations.RoundUpToPowerOf2((ulong)rows);
        var padded = F.cat([x, F.zeros([bucket - rows, 6])], dim: 0);
        return Scorer.JitApply(_model, _config, padded).Output.narrow(0, 0, rows).ToArray<float>();
    }

    private static bool IsReady() =>
        Scorer.JitApplyFunction.CacheCount >= 5 && BrachyTelemetry.LiveBytes < 2L << 30;

    /// <summary>The service's model.</summary>
    [Module]
    public partial class Scorer
    {
        public partial Linear Hidden { get; set; }

        public partial Linear Output { get; set; }

        public Scorer(long inputs, long classes)
        {
            Hidden = new(inputs, 8);
            Output = new(8, classes);
        }

        public Tensor Forward(Tensor x) => Output.Call(F.tanh(Hidden.Call(x)));
    }
}
