namespace Embeddings.Tests;

public class CommandLineTests
{
    [Theory]
    [InlineData("--batch must be a whole number from 2 to 1024, not '1'", "tune", "--batch", "1")]
    [InlineData("--rank must be a whole number from 1 to 384, not 'x'", "tune", "--rank", "x")]
    [InlineData("--top must be a whole number from 1 to 1000, not '0'", "search", "a", "--top", "0")]
    [InlineData("Required argument missing", "search")]
    [InlineData("Unrecognized command", "sing")]
    public void What_is_wrong_is_one_line(string expected, params string[] args)
    {
        using var error = new StringWriter();

        var code = Options.Run(args, _ => 0, _ => 0, TextWriter.Null, error);

        Assert.Equal(1, code);
        Assert.Contains(expected, Assert.Single(error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no such folder", "search", "a", "--folder", "/does/not/exist")]
    [InlineData("there is no such file", "tune", "--pairs", "/does/not/exist")]
    public void What_is_missing_is_named(string expected, params string[] args)
    {
        using var error = new StringWriter();

        Assert.Equal(1, Options.Run(args, SearchRun.Run, TuneRun.Run, TextWriter.Null, error));
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_given_arrives()
    {
        SearchOptions? search = null;
        TuneOptions? tune = null;

        Assert.Equal(0, Run(["search", "what?", "--folder", "f", "--top", "3"]));
        Assert.Equal(0, Run(["tune", "--epochs", "3", "--lr", "0.5"]));

        Assert.Equal(new SearchOptions("f", "what?", 3), search);
        Assert.Equal(new TuneOptions(null, 1500, new(3, 32, 8, 0.5, 48, 0), null), tune);

        int Run(string[] args) => Options.Run(args, o => Take(ref search, o), o => Take(ref tune, o), TextWriter.Null, TextWriter.Null);

        static int Take<T>(ref T? place, T value)
        {
            place = value;
            return 0;
        }
    }
}
