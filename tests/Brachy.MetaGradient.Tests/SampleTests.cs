using Brachy;

namespace MetaGradient.Tests;

/// <summary>The sample as a whole, in a small configuration.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meta-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void TunedValuesBeatThoseThatTuningStartsFrom()
    {
        using var rng = Rng.Scope(3);
        var settings = new Settings(
            new SgdSettings(0.01, 0.9, 5e-4), MetaSteps: 40, Inner: 5, Budget: 40, Batch: 32, Runs: 3, TunerLr: 0.15, Seed: 3, Plot: "");
        var tuning = new Tuning(new Examples(400, 200, 300, seed: 3), settings);
        var points = tuning.Run().Take(settings.MetaSteps).ToArray();
        var tuned = points[^1].Values;

        Assert.True(tuned.Lr > settings.Start.Lr);
        double Mean(SgdSettings values)
        {
            using var same = Rng.Scope(4);
            return Enumerable.Range(0, settings.Runs).Average(_ => tuning.Train(values).Loss);
        }

        var (start, end) = (Mean(settings.Start), Mean(tuned));
        Assert.True(end < 0.8 * start, $"{start} became {end}");
    }

    [Fact]
    public void TheCurveIsAPng()
    {
        var path = Path.Combine(_folder.FullName, "curve.png");
        MetaPoint[] points = [new(2, new(0.01, 0.9, 1e-4)), new(1, new(0.02, 0.8, 1e-4)), new(0.5, new(0.1, 0.7, 1e-4))];
        TuningCurve.Save(points, path);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(path)[..4]);
        Assert.Equal("█▃▁", TuningCurve.Sparkline([2, 1, 0.5]));
        Assert.Equal("▁", TuningCurve.Sparkline([1]));
    }

    [Theory]
    [InlineData("--lr", "0", "--lr must be a number")]
    [InlineData("--lr", "x", "not 'x'")]
    [InlineData("--momentum", "1", "--momentum must be a number")]
    [InlineData("--steps", "0", "--steps must be a whole number")]
    [InlineData("--inner", "51", "--inner must be a whole number from 1 to 50")]
    [InlineData("--out", "absent/x.png", "--out must be a file")]
    [InlineData("--nonsense", "1", "nonsense")]
    public void BadOptionsAreOneLine(string option, string value, string message)
    {
        using var error = new StringWriter();
        var code = Options.Run([option, value], _ => throw new InvalidOperationException("ran"), TextWriter.Null, error);
        Assert.Equal(1, code);
        var line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(message, line, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsReachTheRun()
    {
        Settings? seen = null;
        var code = Options.Run(
            ["--lr", "0.05", "--inner", "3", "--seed", "7"], s => (seen = s) is null ? 1 : 0, TextWriter.Null, TextWriter.Null);
        Assert.Equal((0, 0.05, 3, 7), (code, seen!.Start.Lr, seen.Inner, seen.Seed));
    }
}
