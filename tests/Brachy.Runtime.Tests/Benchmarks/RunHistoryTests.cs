using Brachy.Benchmarks;
using Brachy.Tests.Docs;

namespace Brachy.Tests.Benchmarks;

/// <summary>The folder of benchmark runs, and what a new run is compared with.</summary>
[Trait("Category", "Quick")]
public sealed class RunHistoryTests : IDisposable
{
    private static readonly Machine s_mine = new("Processor 1", 2, "X64");
    private static readonly Machine s_other = new("Processor 1", 4, "X64");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brachy-history");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ARunIsReadAsItWasWritten()
    {
        var run = Run(s_mine, 3, ("a.speedup", 1.25, "≥ 1.2"), ("b", 7, "")) with { Note = "beside a \"build\"" };

        var file = new RunHistory(_folder).Add(run);

        Assert.Equal("2026-03-03-c0ffee3-processor-1.json", file.Name);
        Assert.Contains("\"wanted\": \"≥ 1.2\"", File.ReadAllText(file.FullName), StringComparison.Ordinal);
        var again = Assert.Single(new RunHistory(_folder).Runs);
        Assert.Equal(run with { Rows = again.Rows }, again);
        Assert.Equal(run.Rows, again.Rows);
    }

    [Fact]
    public void TwoRunsOfACommitOnADayHaveFilesOfTheirOwn()
    {
        var history = new RunHistory(_folder);
        string[] names = [.. Enumerable.Range(0, 3).Select(i => history.Add(Run(s_mine, 3, ("a", i, ""))).Name)];

        Assert.Equal(
            ["2026-03-03-c0ffee3-processor-1.json", "2026-03-03-c0ffee3-processor-1-2.json", "2026-03-03-c0ffee3-processor-1-3.json"],
            names);
        Assert.Equal(3, new RunHistory(_folder).Runs.Count);
    }

    [Fact]
    public void AFigureIsComparedWithTheLastOfTheSameMachine()
    {
        var history = new RunHistory(_folder);
        history.Add(Run(s_mine, 5, ("b", 10, "< 20")));
        history.Add(Run(s_mine, 2, ("a", 1, "≥ 3"), ("b", 30, "< 20")));
        history.Add(Run(s_mine, 4, ("a", 2, "≥ 3")));
        history.Add(Run(s_other, 6, ("a", 100, "≥ 3"), ("b", 100, "< 20")));

        var a = Change.Of("a", new RecordedRow(3, "≥ 3", ""), s_mine, history);
        var b = Change.Of("b", new RecordedRow(9, "< 20", ""), s_mine, history);

        Assert.Equal((4, 1.5, true), (a.Before!.Date.Day, a.Ratio, a.IsBetter));
        Assert.Equal("+50 % (c0ffee4, 2026-03-04)", a.ToString());
        Assert.Equal((5, 0.9, true), (b.Before!.Date.Day, b.Ratio, b.IsBetter));
        Assert.Equal("-10 % (c0ffee5, 2026-03-05)", b.ToString());
    }

    [Theory]
    [InlineData(2, 1, "≥ 1", false)]
    [InlineData(1, 2, "≥ 1", true)]
    [InlineData(1, 2, "< 1", false)]
    [InlineData(2, 1, "< 1", true)]
    [InlineData(2, 1, "", null)]
    [InlineData(2, 1, "= 1", null)]
    [InlineData(2, 2, "≥ 1", null)]
    public void TheTargetSaysWhatIsBetter(double before, double after, string wanted, bool? expected)
    {
        var history = new RunHistory(_folder);
        history.Add(Run(s_mine, 2, ("a", before, wanted)));

        Assert.Equal(expected, Change.Of("a", new RecordedRow(after, wanted, ""), s_mine, history).IsBetter);
    }

    [Fact]
    public void AFigureWithoutAnOlderOneIsTheFirst()
    {
        var history = new RunHistory(_folder);
        history.Add(Run(s_other, 2, ("a", 1, "")));

        Assert.Equal("first", Change.Of("a", new RecordedRow(3, "", ""), s_mine, history).ToString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{ \"machine\": ")]
    [InlineData("[1]")]
    public void AFileThatHoldsNoRunIsNamed(string text)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "damaged.json"), text);

        Assert.Contains(
            "damaged.json", Assert.Throws<InvalidDataException>(() => new RunHistory(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatIsMissingIsNamed()
    {
        var missing = new DirectoryInfo(Path.Combine(_folder.FullName, "missing"));

        Assert.Contains(
            missing.FullName, Assert.Throws<DirectoryNotFoundException>(() => new RunHistory(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ThisMachineHasAName()
    {
        var machine = Machine.OfProcess();

        Assert.Equal(machine, Machine.OfProcess());
        Assert.NotEqual("", machine.Processor.Trim());
        Assert.Equal("mine", Machine.OfProcess("mine").Processor);
    }

    [Fact]
    public void FilesOfTheRepositoryAreAsTheCommandWritesThem()
    {
        var files = new DirectoryInfo(Path.Combine(Repository.Root, "benchmarks", "history")).GetFiles("*.json");

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var again = new FileInfo(Path.Combine(_folder.FullName, file.Name));
            RecordedRun.Read(file).Write(again);
            Assert.Equal(File.ReadAllText(file.FullName), File.ReadAllText(again.FullName));
        });
    }

    private static RecordedRun Run(Machine machine, int day, params (string Id, double Value, string Wanted)[] rows) => new(
        machine, "an operating system", $"c0ffee{day}", new DateTimeOffset(2026, 3, day, 12, 0, 0, TimeSpan.Zero), null,
        rows.ToDictionary(row => row.Id, row => new RecordedRow(row.Value, row.Wanted, "details")));
}
