using Brachy.Arities;

namespace Brachy.Tests.Transforms;

/// <summary>The members for each number of arguments are what their templates say, and the templates' language does what it says.</summary>
[Trait("Category", "Quick")]
public class ArityFilesTests
{
    public static TheoryData<string> Files => [.. Ladders.Render().Select(file => file.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void FilesAreWhatTheirTemplatesSay(string file)
    {
        var expected = Ladders.Render().Single(f => f.File == file).Text;
        var path = Path.Combine(Ladders.Root, file);
        var actual = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(
            actual == expected,
            $"{file} is not what its template under build/Arities/Templates makes. Change the template, then run: " +
            "dotnet run --project build/Arities");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void LinesAreNotTooLong(string file) =>
        Assert.All(Ladders.Render().Single(f => f.File == file).Text.Split('\n'), line => Assert.InRange(line.Length, 0, Template.Columns));

    [Fact]
    public void EveryGeneratedFileHasATemplateAndEveryTemplateAFile()
    {
        var root = Path.Combine(Ladders.Root, "src");
        var found = Directory.GetFiles(root, "*.g.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Ladders.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));
        Assert.Equal(Ladders.Render().Select(f => f.File).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        var templates = Directory.GetFiles(Path.Combine(Ladders.Root, "build/Arities/Templates")).Select(Path.GetFileName);
        Assert.Equal(
            Ladders.Render().Select(f => Path.GetFileName(f.File).Replace(".g.cs", ".cs.txt", StringComparison.Ordinal)).Order(),
            templates.Order());
    }

    [Theory]
    [InlineData(
        "«each 2..»\nF<«T#»>(«T# a#») «n» «count»\n«end»",
        "F<T1, T2>(T1 a1, T2 a2) 2 two\n\nF<T1, T2, T3>(T1 a1, T2 a2, T3 a3) 3 three\n")]
    [InlineData("«each 1..2»\n«count» argument«s»\n«end»", "one argument\n\ntwo arguments\n")]
    [InlineData(
        "«each 3..»\n{\n«items»\n    _«#th» = x[«#-1»]; // «#»\n«end»\n}\n«end»",
        "{\n    _first = x[0]; // 1\n    _second = x[1]; // 2\n    _third = x[2]; // 3\n}\n")]
    [InlineData(
        "«each 1..»\n«first»\nlong\n«rest»\nshort «n»\n«end»\nboth\n«end»\nlast",
        "long\nboth\n\nshort 2\nboth\n\nshort 3\nboth\nlast\n")]
    [InlineData("«each 2..2»\nx => «nest F: a[#-1]»;\n«end»", "x => F(a[0], a[1]);\n")]
    [InlineData("«each 16..16»\n«nest F: #»\n«end»", "F(1, 2, 3, 4, 5, 6, 7, F(8, 9, 10, 11, 12, 13, 14, F(15, 16)))\n")]
    public void TemplatesAreRendered(string template, string expected) => Assert.Equal(expected, Template.Render(template, 3));

    [Fact]
    public void LongLinesBreakWhereTheTemplateSaysAndThenBetweenTheItemsOfLists()
    {
        const string Text = """
            «each 5..5»
                return F(«x#»);
                return F(«aLongArgumentThatTakesThirtyColumns#»);
                return Name«|»F(«aLongArgumentThatTakesThirtyColumns#»);
                «aLongArgumentThatTakesThirtyColumns#»);
            «end»
            """;
        var a = Enumerable.Range(0, 6).Select(i => $"aLongArgumentThatTakesThirtyColumns{i}").ToArray();
        Assert.Equal(
            $"""
                return F(x1, x2, x3, x4, x5);
                return F({a[1]}, {a[2]}, {a[3]},
                    {a[4]}, {a[5]});
                return Name
                    F({a[1]}, {a[2]}, {a[3]},
                        {a[4]}, {a[5]});
                {a[1]}, {a[2]}, {a[3]},
                {a[4]}, {a[5]});

            """.ReplaceLineEndings("\n"),
            Template.Render(Text, 3));
    }

    [Theory]
    [InlineData("«each 1..»\n«n»", "«end»")]
    [InlineData("«each 1..»\n«first»\nx\n«end»\n«end»", "«rest»")]
    [InlineData("«unknown»", "«unknown»")]
    [InlineData("«end»", "«end»")]
    public void FaultyTemplatesAreRefused(string template, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => Template.Render(template, 3)).Message, StringComparison.Ordinal);

    [Fact]
    public void ALineThatCannotBeBrokenIsRefused() =>
        Assert.StartsWith(
            "This line of a template is longer than 140",
            Assert.Throws<FormatException>(() => Template.Render(new string('x', 141), 3)).Message, StringComparison.Ordinal);
}
