using Brachy.Tests.Shared;

namespace LanguageModel.Tests;

/// <summary>The program as a user runs it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private static readonly string[] s_small =
        ["--layers", "1", "--width", "8", "--heads", "2", "--length", "8", "--batch", "4", "--tokens", "320", "--tokenizer", "byte"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public CommandLineTests()
    {
        _text = _folder.Write("text.txt", TestRuns.Text);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TrainsResumesAndGenerates()
    {
        var (first, second, board) = (_folder["a.safetensors"], _folder["b.safetensors"], _folder["board"]);
        Assert.Equal("", Run([.. s_small, "--data", _text, "--checkpoint", first, "--stop-after", "4", "--tensorboard", board]));
        Assert.NotEmpty(Directory.GetFiles(board, "*tfevents*"));
        Assert.Equal("", Run(["--resume", first, "--data", _text, "--checkpoint", first]));
        Assert.Equal("", Run([.. s_small, "--data", _text, "--checkpoint", second]));
        Assert.Equal(File.ReadAllBytes(second), File.ReadAllBytes(first));
        Assert.Equal("", Run(["generate", "--checkpoint", first, "--prompt", "2 is", "--tokens", "20", "--top-k", "5", "--top-p", "0.9"]));
    }

    [Theory]
    [InlineData("--epochs", "3")]
    [InlineData("--layers", "many")]
    [InlineData("--batch", "0")]
    [InlineData("--lr", "-1")]
    [InlineData("--precision", "fp8")]
    [InlineData("--data", "missing.txt")]
    [InlineData("--config", "missing.yaml")]
    [InlineData("--resume", "missing.safetensors")]
    [InlineData("--checkpoint", "missing/a.safetensors")]
    [InlineData("generate")]
    [InlineData("generate", "--checkpoint", "missing.safetensors")]
    [InlineData("generate", "--checkpoint", "a", "--temperature", "hot")]
    [InlineData("--heads", "7")]
    [InlineData("train", "--layers", "1")]
    public void MistakesGiveOneLineAndExitCode1(params string[] args) => AssertOneLine(Run(args, expected: 1));

    [Fact]
    public void DamagedCheckpointsAndConfigurationsGiveOneLine()
    {
        var checkpoint = _folder["a.safetensors"];
        Assert.Equal("", Run([.. s_small, "--data", _text, "--checkpoint", checkpoint, "--stop-after", "1"]));
        AssertOneLine(Run(["--resume", checkpoint, "--data", _text, "--lr", "1"], expected: 1));
        AssertOneLine(Run(["--resume", checkpoint, "--data", _text, _folder.Write("other.txt", "other")], expected: 1));
        var bytes = File.ReadAllBytes(checkpoint);
        var cut = _folder.Write("cut.safetensors", bytes[..(bytes.Length / 2)]);
        Assert.Contains(cut, Run(["generate", "--checkpoint", cut], expected: 1), StringComparison.Ordinal);
        var config = _folder.Write("c.yaml", "train:\n  optimiser: {}\n");
        Assert.Contains(
            "c.yaml, line 2: there is no key 'train.optimiser'", Run(["--config", config], expected: 1), StringComparison.Ordinal);
        var lines = _folder.Write("d.jsonl", "{\"text\": \"" + new string('a', 4000) + "\"}\nnothing\n");
        Assert.Contains("d.jsonl, line 2: is not JSON", Run([.. s_small, "--data", lines], expected: 1), StringComparison.Ordinal);
    }

    private static string Run(string[] args, int expected = 0)
    {
        using var error = new StringWriter();
        Assert.Equal(expected, Options.Run(args, TrainRun.Run, GenerateRun.Run, FreezeRun.Run, TextWriter.Null, error));
        return error.ToString();
    }

    private static void AssertOneLine(string error)
    {
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Equal(error.Length - Environment.NewLine.Length, error.IndexOf(Environment.NewLine, StringComparison.Ordinal));
    }
}
