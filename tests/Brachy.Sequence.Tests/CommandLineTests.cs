using System.Globalization;
using Brachy.Tests.Shared;

namespace Sequence.Tests;

/// <summary>The program as a user runs it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _config;

    public CommandLineTests() => _config = _folder.Write("small.yaml", RunSettingsYaml.Write(TestRuns.Settings));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TrainsStopsResumesAndForetells()
    {
        var (first, second, board, plot, output) =
            (_folder["a"], _folder["b"], _folder["board"], _folder["p.png"], _folder["f.csv"]);
        string[] small = ["--config", _config, "--epochs", "2", "--cell", "gru", "--layers", "2"];
        Assert.Equal("", Run([.. small, "--checkpoint", first, "--stop-after", "1", "--tensorboard", board, "--plot", plot]));
        Assert.NotEmpty(Directory.GetFiles(board, "*tfevents*"));
        Assert.Equal(0x89, File.ReadAllBytes(plot)[0]);
        Assert.Equal("", Run(["--resume", first, "--checkpoint", first, "--plot", plot]));
        Assert.Equal("", Run([.. small, "--checkpoint", second, "--plot", plot]));
        Assert.Equal(File.ReadAllBytes(second), File.ReadAllBytes(first));

        var data = _folder.Write("series.csv", $"{Line(40)}\n{Line(55)}\n");
        Assert.Equal("", Run(
            ["forecast", "--checkpoint", first, "--data", data, "--horizon", "7", "--output", output, "--plot", _folder["q.png"]]));
        var lines = File.ReadAllLines(output);
        Assert.Equal("series,step,low,median,high", lines[0]);
        Assert.Equal(1 + (2 * 7), lines.Length);
        Assert.All(lines.Skip(1), line =>
        {
            var numbers = line.Split(',').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            Assert.True(numbers[2] <= numbers[3] && numbers[3] <= numbers[4]);
        });
    }

    [Fact]
    public void FilesOfSeriesAreLearned()
    {
        var data = _folder.Write("series.txt", string.Join('\n', Enumerable.Range(0, 8).Select(i => Line(60 + (3 * i)))));
        Assert.Equal("", Run(["--config", _config, "--data", data, "--epochs", "1", "--plot", _folder["p.png"]]));
        AssertOneLine(Run(["--config", _config, "--data", _folder.Write("short.txt", "1 2 3\n")], 1), "line 1: must be 38 values");
        AssertOneLine(Run(["--config", _config, "--data", _folder.Write("no.txt", $"{Line(60)}\n1, two\n")], 1), "line 2: must be numbers");
        AssertOneLine(Run(["--config", _config, "--data", _folder.Write("none.txt", "\n")], 1), "holds no series");
    }

    [Theory]
    [InlineData("--cell must be", "--cell", "rnn")]
    [InlineData("--epochs must be a whole number", "--epochs", "0")]
    [InlineData("--lr must be a number", "--lr", "fast")]
    [InlineData("is not one", "--data", "missing")]
    [InlineData("missing.yaml cannot be read", "--config", "missing.yaml")]
    [InlineData("missing.safetensors", "--resume", "missing.safetensors")]
    [InlineData("--checkpoint must be", "--checkpoint", "missing/a")]
    [InlineData("must be", "--horizon", "10000")]
    [InlineData("Unrecognized", "--hidden-size", "3")]
    [InlineData("Unrecognized", "train")]
    [InlineData("required", "forecast", "--data", "a")]
    public void MistakesGiveOneLineAndExitCode1(string message, params string[] args) => AssertOneLine(Run(args, 1), message);

    [Fact]
    public void DamagedCheckpointsAndConfigurationsGiveOneLine()
    {
        var file = _folder["a"];
        TestRuns.Training(TestRuns.Settings).Save(file);
        AssertOneLine(Run(["--resume", file, "--lr", "1"], 1), "leave out");
        AssertOneLine(Run(["--resume", file, "--data", _folder.Write("other.txt", Line(60))], 1), "other series");
        var bytes = File.ReadAllBytes(file);
        AssertOneLine(Run(["--resume", _folder.Write("cut", bytes[..(bytes.Length / 2)])], 1), "cut");
        AssertOneLine(
            Run(["--config", _folder.Write("c.yaml", "model:\n  cel: gru\n")], 1), "c.yaml, line 2: there is no key 'model.cel'");
        AssertOneLine(
            Run(["--config", _folder.Write("d.yaml", "data:\n  periods: [12, x]\n")], 1), "data.periods must be whole numbers");
        AssertOneLine(Run(["--config", _folder.Write("e.yaml", "data:\n  periods: [12, 4]\n")], 1), "data.periods must rise");
        Assert.Equal(
            RunSettingsYaml.Write(TestRuns.Settings),
            RunSettingsYaml.Write(RunSettingsYaml.Parse("x", RunSettingsYaml.Write(TestRuns.Settings))));
    }

    private static string Line(int count) => string.Join(", ", Enumerable.Range(0, count).Select(
        t => (50 + (10 * Math.Sin(t * Math.PI / 6)) + (t % 4)).ToString("F3", CultureInfo.InvariantCulture)));

    private static string Run(string[] args, int expected = 0)
    {
        using var error = new StringWriter();
        var code = Options.Run(args, TrainRun.Run, ForecastRun.Run, TextWriter.Null, error);
        Assert.True(code == expected, $"{code}: {error}");
        return error.ToString();
    }

    private static void AssertOneLine(string error, string part)
    {
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Equal(error.Length - Environment.NewLine.Length, error.IndexOf(Environment.NewLine, StringComparison.Ordinal));
    }
}
