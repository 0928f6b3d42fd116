using Brachy.Compilation;

namespace Brachy.Tests.Telemetry;

/// <summary>Tests that count the memory of the whole process run alone.</summary>
[CollectionDefinition(nameof(LiveMemoryTests), DisableParallelization = true)]
public class LiveMemoryCollection;

/// <summary>The live bytes are those of tensors that own memory.</summary>
[Trait("Category", "Quick")]
[Collection(nameof(LiveMemoryTests))]
public class LiveMemoryTests
{
    private const long Megabyte = 1L << 20;

    public LiveMemoryTests()
    {
        // What other tests left to the collector must not go meanwhile.
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Fact]
    public void AViewAddsNothingAndATensorItsBytesUntilItIsFreed()
    {
        using var recording = new Recording(nameof(AViewAddsNothingAndATensorItsBytesUntilItIsFreed));
        const long Bytes = 64 * Megabyte;
        var before = recording.Observe("brachy.memory.usage");
        Assert.InRange(BrachyTelemetry.LiveBytes - before, -Megabyte, Megabyte);
        var large = F.zeros([Bytes / 4], DType.Float32);
        Assert.InRange(recording.Observe("brachy.memory.usage") - before, Bytes - Megabyte, Bytes + Megabyte);
        var view = large.reshape(2, -1);
        Assert.InRange(BrachyTelemetry.LiveBytes - before, Bytes - Megabyte, Bytes + Megabyte);
        view.Dispose();
        large.Dispose();
        Assert.InRange(recording.Observe("brachy.memory.usage") - before, -Megabyte, Megabyte);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void StepsThatGiveTheirStateAwayDoNotDrift(bool isCompiled)
    {
        var step = Jit.Compile((Tensor state, Tensor x) => state * 0.5 + F.exp(x), donate: [0]);
        using var eager = isCompiled ? null : Jit.Disable();
        var x = F.zeros([Megabyte / 4]);
        var state = F.zeros([Megabyte / 4]);
        var before = BrachyTelemetry.LiveBytes;
        for (var i = 0; i < 50; i++)
        {
            var next = step.Invoke(state, x);
            if (!isCompiled)
            {
                state.Dispose();
            }

            state = next;
        }

        // A state of one megabyte lives, as before.
        Assert.InRange(BrachyTelemetry.LiveBytes - before, -Megabyte / 2, Megabyte / 2);
        state.Dispose();
        Assert.InRange(BrachyTelemetry.LiveBytes - before, -Megabyte * 3 / 2, -Megabyte / 2);
    }

    /// <summary>What parts hand over and free does not count; what becomes a result does, also where it lies in such memory.</summary>
    [Fact]
    public void ResultsOfProgramsInPartsCount()
    {
        const double Saved = -1e-6;
        using var costs = MachineCosts.Scope(
            MachineCosts.Fixed.With(MachineCost.LostPerElement, Saved).With(MachineCost.LostPerElementInCache, Saved)
                .With(MachineCost.LostPerElementOfMemory, Saved));
        var compiled = Jit.Compile(
            (Tensor x) => (F.cos(F.erfinv(F.tanh(x) * 0.5)) + 1, F.erfinv(F.sigmoid(F.erfinv(x * 0.3)) * 0.1)),
            backend: new ChainBackend(fewestSeconds: 0));
        var x = F.zeros([Megabyte / 4]);
        for (var i = 0; i < 5; i++)
        {
            var before = BrachyTelemetry.LiveBytes;
            var (early, late) = compiled.Invoke(x);
            Assert.InRange(BrachyTelemetry.LiveBytes - before, Megabyte * 3 / 2, Megabyte * 5 / 2);
            early.Dispose();
            late.Dispose();
            Assert.InRange(BrachyTelemetry.LiveBytes - before, -Megabyte / 2, Megabyte / 2);
        }

        Assert.Equal(4, Assert.IsType<StagedExecutable>(compiled.LastExecutable).Code.Count());
    }
}
