using Brachy.Tests.Shared;

namespace ResNet.Tests;

/// <summary>The program as a user runs it.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TrainsStopsAndResumes()
    {
        string[] small = ["--arch", "preact18", "--width", "2", "--epochs", "2", "--batch", "8", "--train", "16", "--test", "9"];
        var (first, second, board, plot) = (_folder["a"], _folder["b"], _folder["board"], _folder["p.png"]);
        Assert.Equal("", Run([.. small, "--checkpoint", first, "--stop-after", "1", "--tensorboard", board, "--plot", plot]));
        Assert.NotEmpty(Directory.GetFiles(board, "*tfevents*"));
        Assert.Equal(0x89, File.ReadAllBytes(plot)[0]);
        Assert.Equal("", Run(["--resume", first, "--checkpoint", first, "--plot", plot]));
        Assert.Equal("", Run([.. small, "--checkpoint", second, "--plot", plot]));
        Assert.Equal(File.ReadAllBytes(second), File.ReadAllBytes(first));
        AssertOneLine(Run(["--resume", first, "--lr", "1"], expected: 1), "leave out");
        var bytes = File.ReadAllBytes(first);
        AssertOneLine(Run(["--resume", _folder.Write("cut", bytes[..(bytes.Length / 2)])], expected: 1), "cut");
        _folder.Write("train.bin", new byte[3074 * 16]);
        AssertOneLine(Run(["--resume", first, "--data", _folder.Path], expected: 1), "test.bin");
        _folder.Write("test.bin", new byte[3074]);
        AssertOneLine(Run(["--resume", first, "--data", _folder.Path], expected: 1), "other images");
        _folder.Write("test.bin", new byte[3073]);
        AssertOneLine(Run(["--data", _folder.Path], expected: 1), "test.bin: holds 3073 bytes");
    }

    [Theory]
    [InlineData("--arch must be", "--arch", "vgg")]
    [InlineData("--batch must be a whole number", "--batch", "0")]
    [InlineData("--batch 32 is more than", "--train", "10")]
    [InlineData("--lr must be a number", "--lr", "fast")]
    [InlineData("--precision must be", "--precision", "fp16")]
    [InlineData("is not one", "--data", "missing")]
    [InlineData("CIFAR", "--data", ".")]
    [InlineData("missing", "--resume", "missing.safetensors")]
    [InlineData("--checkpoint must be", "--checkpoint", "missing/a")]
    [InlineData("--plot must be", "--plot", "missing/a.png")]
    [InlineData("--layers", "--layers", "3")]
    [InlineData("train", "train")]
    public void MistakesGiveOneLineAndExitCode1(string expected, params string[] args) => AssertOneLine(Run(args, expected: 1), expected);

    private static string Run(string[] args, int expected = 0)
    {
        using var error = new StringWriter();
        Assert.Equal(expected, Options.Run(args, TrainRun.Run, TextWriter.Null, error));
        return error.ToString();
    }

    private static void AssertOneLine(string error, string expected)
    {
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(error.Length - Environment.NewLine.Length, error.IndexOf(Environment.NewLine, StringComparison.Ordinal));
    }
}
