using Brachy.Tests.Shared;

namespace Transfer.Tests;

/// <summary>The program as a user runs it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Trains_saves_and_predicts()
    {
        var network = _folder["network.safetensors"];
        string[] small = ["--size", "32", "--batch", "6", "--head-epochs", "2", "--epochs", "1", "--thaw", "layer4"];
        Assert.Equal("", Run([.. small, "--train", "13", "--test", "7", "--checkpoint", network]));
        ImageFiles.TwoClasses(_folder, 2);
        Assert.Equal("", Run(["predict", "--checkpoint", network, _folder["plain/0.png"], _folder["split/1.png"]]));
        AssertOneLine(Run(["predict", "--checkpoint", network, _folder["none.png"]], expected: 1), "none.png");

        _folder.Write("split/1.png", "broken");
        AssertOneLine(Run(["predict", "--checkpoint", network, _folder["split/1.png"]], expected: 1), "1.png");
        File.Delete(network);
        File.Delete(_folder["split/0.png"]);
        ImageFiles.TwoClasses(_folder, 2);
        _folder.Write("split/0.png", "broken");
        AssertOneLine(Run([.. small, "--data", _folder.Path, "--checkpoint", network], expected: 1), Path.Combine("split", "0.png"));
        Assert.False(File.Exists(network));
    }

    [Theory]
    [InlineData("is not a folder", "--data", "missing")]
    [InlineData("multiple of 32", "--size", "100")]
    [InlineData("--batch must be a whole number", "--batch", "0")]
    [InlineData("--lr must be a number", "--lr", "fast")]
    [InlineData("--thaw must be", "--thaw", "layer9")]
    [InlineData("--checkpoint must be", "--checkpoint", "missing/a")]
    [InlineData("missing.safetensors: there is no such file; train", "predict", "--checkpoint", "missing.safetensors", "a.png")]
    [InlineData("Required argument missing", "predict")]
    [InlineData("train", "train")]
    public void Mistakes_give_one_line_and_exit_code_1(string expected, params string[] args) =>
        AssertOneLine(Run(args, expected: 1), expected);

    private static string Run(string[] args, int expected = 0)
    {
        using var error = new StringWriter();
        Assert.Equal(expected, Options.Run(args, TrainRun.Run, PredictRun.Run, TextWriter.Null, error));
        return error.ToString();
    }

    private static void AssertOneLine(string error, string expected)
    {
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(error.Length - Environment.NewLine.Length, error.IndexOf(Environment.NewLine, StringComparison.Ordinal));
    }
}
