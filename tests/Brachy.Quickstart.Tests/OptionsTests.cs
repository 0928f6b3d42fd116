using Quickstart.Data;

namespace Quickstart.Tests;

[Trait("Category", "Quick")]
public class OptionsTests
{
    private static readonly QuickstartOptions s_defaults = new(null, 10, 128, 256, 1e-3, 0, null, null, true);

    public static TheoryData<string, string> BadLines => new()
    {
        { "--epochs 0", "--epochs must be a whole number from 1 to 10000, not '0'" },
        { "--epochs -3", "--epochs must be a whole number from 1 to 10000, not '-3'" },
        { "--epochs 2.5", "--epochs must be a whole number from 1 to 10000, not '2.5'" },
        { "--epochs many", "--epochs must be a whole number from 1 to 10000, not 'many'" },
        { "--epochs=99999999999", "--epochs must be a whole number from 1 to 10000, not '99999999999'" },
        { "--batch 0", "--batch must be a whole number from 1 to 100000, not '0'" },
        { "--hidden 9000", "--hidden must be a whole number from 1 to 8192, not '9000'" },
        { "--lr 0", "--lr must be a number above 0 and at most 10, not '0'" },
        { "--lr -1e-3", "--lr must be a number above 0 and at most 10, not '-1e-3'" },
        { "--lr NaN", "--lr must be a number above 0 and at most 10, not 'NaN'" },
        { "--lr Infinity", "--lr must be a number above 0 and at most 10, not 'Infinity'" },
        { "--lr 0,001", "--lr must be a number above 0 and at most 10, not '0,001'" },
        { "--seed -1", "--seed must be a whole number from 0 to 2147483647, not '-1'" },
        { "--train 0", "--train must be a whole number from 1 to 300000, not '0'" },
        { "--test 300001", "--test must be a whole number from 1 to 300000, not '300001'" },
        { "--epochs", "Required argument missing for option: '--epochs'." },
        { "--data", "Required argument missing for option: '--data'." },
        { "--data no/such/folder", "--data must name a folder, and 'no/such/folder' is not one" },
        { "--epochs 1 --epochs 2", "Option '--epochs' expects a single argument but 2 were provided." },
        { "--epoch 3", "Unrecognized command or argument '--epoch'." },
        { "extra", "Unrecognized command or argument 'extra'." },
        { "@file", "Unrecognized command or argument '@file'." },
        { "[diagram]", "Unrecognized command or argument '[diagram]'." },
        {
            System.CommandLine.RootCommand.ExecutableName,
            $"Unrecognized command or argument '{System.CommandLine.RootCommand.ExecutableName}'."
        },
        { "/extra", "Unrecognized command or argument '/extra'." },
        { "--seed 1 @file", "Unrecognized command or argument '@file'." },
        { "--no-compare true", "Unrecognized command or argument 'true'." },
        { "--epochs 0 --batch 0 --bogus", "Unrecognized command or argument '--bogus'." },
    };

    [Fact]
    public void NoArgumentsGiveTheDefaults() => Assert.Equal(s_defaults, Parse(""));

    [Fact]
    public void EachOptionSetsItsField()
    {
        string folder = Path.GetTempPath();

        Assert.Equal(s_defaults with { Epochs = 3 }, Parse("--epochs 3"));
        Assert.Equal(s_defaults with { BatchSize = 64 }, Parse("--batch 64"));
        Assert.Equal(s_defaults with { HiddenSize = 32 }, Parse("--hidden 32"));
        Assert.Equal(s_defaults with { LearningRate = 0.02 }, Parse("--lr 2e-2"));
        Assert.Equal(s_defaults with { Seed = 9 }, Parse("--seed=9"));
        Assert.Equal(s_defaults with { TrainCount = 500 }, Parse("--train 500"));
        Assert.Equal(s_defaults with { TestCount = 100 }, Parse("--test 100"));
        Assert.Equal(s_defaults with { Compare = false }, Parse("--no-compare"));
        Assert.Equal(s_defaults with { DataFolder = folder }, Parse($"--data {folder}"));
    }

    [Theory]
    [InlineData("--epochs 1 --batch 1 --hidden 1 --seed 0 --train 1 --test 1 --lr 1e-9")]
    [InlineData("--epochs 10000 --batch 100000 --hidden 8192 --seed 2147483647 --train 300000 --test 300000 --lr 10")]
    public void LimitsAreAccepted(string line) => Assert.NotNull(Parse(line));

    [Theory]
    [MemberData(nameof(BadLines))]
    public void ABadLineGivesOneErrorLine(string line, string message)
    {
        (int code, string output, string error) = Run(line, _ => throw new InvalidOperationException("must not run"));

        Assert.Equal(1, code);
        Assert.Equal("error: " + message + Environment.NewLine, error);
        Assert.Empty(output);
    }

    [Fact]
    public void AFileIsNotADataFolder()
    {
        string file = typeof(OptionsTests).Assembly.Location;

        Assert.Equal(
            $"error: --data must name a folder, and '{file}' is not one{Environment.NewLine}", Run($"--data {file}", _ => 0).Error);
    }

    [Theory]
    [InlineData("--help", "--no-compare")]
    [InlineData("--epochs 3 --help", "--no-compare")]
    [InlineData("--version", "")]
    public void HelpAndVersionSucceed(string line, string shown)
    {
        (int code, string output, string error) = Run(line, _ => 5);

        Assert.Equal(0, code);
        Assert.Contains(shown, output, StringComparison.Ordinal);
        Assert.NotEmpty(output);
        Assert.Empty(error);
    }

    [Fact]
    public void TheExitCodeIsThatOfMain() => Assert.Equal((3, "", ""), Run("", _ => 3));

    [Fact]
    public void DataAndFileFailuresBecomeOneLine()
    {
        Exception[] failures = [new DataFormatException(
            "a\nb"), new IOException("a\nb"), new FileNotFoundException("a\nb"), new UnauthorizedAccessException("a\nb")];
        foreach (Exception failure in failures)
        {
            Assert.Equal((1, "", "error: a b" + Environment.NewLine), Run("", _ => throw failure));
        }
    }

    [Fact]
    public void OtherFailuresAreNotHidden() =>
        Assert.Throws<InvalidOperationException>(() => Run("", _ => throw new InvalidOperationException()));

    private static QuickstartOptions? Parse(string line)
    {
        QuickstartOptions? parsed = null;
        (int code, _, string error) = Run(line, options =>
        {
            parsed = options;
            return 0;
        });
        Assert.Equal((0, ""), (code, error));
        return parsed;
    }

    private static (int Code, string Output, string Error) Run(string line, Func<QuickstartOptions, int> main)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = Options.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), main, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
