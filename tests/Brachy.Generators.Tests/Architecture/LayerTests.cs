using System.Text;
using Xunit.Abstractions;

namespace Brachy.Generators.Tests;

/// <summary>Folders of the runtime are layers: none names what is declared in one above it.</summary>
[Trait("Category", "Quick")]
public class LayerTests(ITestOutputHelper output)
{
    /// <summary>From below to above; folders of one row do not know each other.</summary>
    private static readonly string[][] s_layers =
    [
        ["Errors"], ["Telemetry"], ["Native"], ["Core"], ["Ranks"], ["Ops"], ["Lowering", "Statics"], ["Trees"], ["Flattening"],
        ["Transforms"], ["Modules"], ["NN", "Optim"], ["Checkpoints"],
    ];

    [Fact]
    public void NoFolderNamesWhatIsAboveIt()
    {
        var references = Reference.All();
        output.WriteLine(Matrix(references));
        var upward = references.Where(r => !IsAllowed(Folder(r.From), Folder(r.To))).ToArray();
        Assert.True(upward.Length == 0, $"{upward.Length} references go "
            + $"up:\n{string.Join("\n", upward.Select(r => $"{r.From}({r.Line}): {r.Name}, declared in {r.To}"))}\n{Matrix(references)}");
    }

    [Fact]
    public void EachFolderIsALayer() => Assert.Equal(
        s_layers.SelectMany(row => row).Order(),
        Directory.EnumerateFiles(RuntimeSources.Root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Folder(Path.GetRelativePath(RuntimeSources.Root, file).Replace('\\', '/')))
            .Where(folder => folder is not ("obj" or "bin"))
            .Distinct()
            .Order());

    private static bool IsAllowed(string from, string to) => from == to || Row(to) < Row(from);

    private static int Row(string folder) => Array.FindIndex(s_layers, row => row.Contains(folder));

    private static string Folder(string path) => path.Split('/')[0];

    /// <summary>How often each folder (row) names what is declared in each (column).</summary>
    private static string Matrix(IReadOnlyList<Reference> references)
    {
        var folders = s_layers.SelectMany(row => row).ToArray();
        var counts = references.GroupBy(r => (Folder(r.From), Folder(r.To))).ToDictionary(g => g.Key, g => g.Count());
        var text = new StringBuilder().Append(' ', 12).AppendLine(string.Concat(folders.Select(f => $"{f,12}")));
        foreach (var from in folders)
        {
            text.Append($"{from,-12}").AppendLine(
                string.Concat(folders.Select(to => $"{(from == to ? 0 : counts.GetValueOrDefault((from, to))),12}")));
        }

        return text.ToString();
    }
}
