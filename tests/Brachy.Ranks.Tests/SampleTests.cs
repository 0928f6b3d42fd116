using Brachy.Tests.Shared;

namespace Brachy.Ranks.Tests;

/// <summary>The samples run as several ranks with no change but the launcher: they train and resume, and one rank writes.</summary>
public class SampleTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void ResNetTrainsAndResumes(MpiKind kind)
    {
        using var folder = new TemporaryFolder();
        string[] options = ["--plot", folder["curve.png"], "--checkpoint", folder["net"]];
        var first = Run(
            kind, "ResNet.dll",
            ["--epochs", "2", "--stop-after", "1", "--train", "64", "--test", "32", "--width", "4", "--batch", "16", .. options]);
        Assert.Single(first.Lines, line => line.StartsWith("epoch   1", StringComparison.Ordinal));
        Assert.True(File.Exists(folder["curve.png"]), "the curve is there");

        var second = Run(kind, "ResNet.dll", ["--resume", folder["net"], .. options]);
        Assert.Single(second.Lines, line => line.StartsWith("epoch   2", StringComparison.Ordinal));
    }

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void TheLanguageModelTrainsAndResumes(MpiKind kind)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Range(0, 400).Select(i => $"{i} and {i + 1} are {(2 * i) + 1}.\n")));
        string[] sizes = ["--layers", "1", "--width", "16", "--heads", "2", "--length", "16", "--batch", "8", "--tokenizer", "byte"];
        var first = Run(
            kind, "LanguageModel.dll",
            ["--data", folder["text.txt"], .. sizes, "--tokens", "1024", "--stop-after", "4", "--checkpoint", folder["net"]]);
        Assert.Single(first.Lines, line => line.StartsWith("step      4  loss", StringComparison.Ordinal));

        var second = Run(kind, "LanguageModel.dll", ["--data", folder["text.txt"], "--resume", folder["net"]]);
        Assert.Single(second.Lines, line => line.StartsWith("Resumed at step 4", StringComparison.Ordinal));
    }

    private static MpiResult Run(MpiKind kind, string program, string[] arguments)
    {
        var path = Path.Combine(AppContext.BaseDirectory, program);
        using var ranks = MpiRun.Begin(kind, 2, [], [MpiRun.Dotnet, path, .. arguments], null);
        return ranks.Wait(s_limit).Succeeded();
    }
}
