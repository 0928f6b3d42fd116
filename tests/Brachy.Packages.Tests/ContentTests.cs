using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace Brachy.Packages.Tests;

/// <summary>What is in the packages, and what they ask of users.</summary>
[Collection(PackagesCollection.Name)]
public class ContentTests(Feed feed)
{
    public static TheoryData<string> Ids =>
        ["Brachy", "Brachy.Cpu", "Brachy.Data", "Brachy.Export", "Brachy.Extensions.Logging", "Brachy.Models", "Brachy.Templates"];

    [Theory]
    [MemberData(nameof(Ids))]
    public void APackageSaysWhatItIs(string id)
    {
        using var package = Open(id);
        var metadata = Metadata(package);
        Assert.Equal("MIT", metadata["license"]);
        Assert.True(metadata["description"].Length > 50);
        Assert.Contains("deep-learning", metadata["tags"], StringComparison.Ordinal);
        Assert.Contains("### Added", metadata["releaseNotes"], StringComparison.Ordinal);
        Assert.Contains("dotnet run hello.cs", Text(package, metadata["readme"]), StringComparison.Ordinal);

        // Where the help links of diagnostics lead to.
        Assert.Contains("\n## BRACHY001\n", Text(package, metadata["readme"]), StringComparison.Ordinal);
        Assert.InRange(package.GetEntry(metadata["icon"])!.Length, 500, 20_000);
    }

    [Theory]
    [InlineData("Brachy", "Brachy.Inference System.Numerics.Tensors TorchSharp")]
    [InlineData("Brachy.Inference", "System.Numerics.Tensors")]
    [InlineData("Brachy.Cpu", "Brachy libtorch-cpu-linux-x64 libtorch-cpu-osx-arm64 libtorch-cpu-win-x64")]
    [InlineData("Brachy.Data", "Brachy")]
    [InlineData("Brachy.Export", "Brachy Google.Protobuf")]
    [InlineData("Brachy.Extensions.Logging", "Brachy Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("Brachy.Models", "Brachy Microsoft.Extensions.AI.Abstractions Microsoft.ML.Tokenizers")]
    public void NoPinOfTheRepositoryIsADependency(string id, string expected)
    {
        using var package = Open(id);
        var groups = Nuspec(package).Descendants().Where(e => e.Name.LocalName == "group").ToArray();
        Assert.Equal(["net10.0", "net8.0"], groups.Select(g => g.Attribute("targetFramework")!.Value).Order());
        Assert.All(groups, group => Assert.Equal(
            expected.Split(' '), group.Elements().Select(d => d.Attribute("id")!.Value).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void TheGeneratorPassesThroughBrachyCpu()
    {
        using var package = Open("Brachy.Cpu");
        var brachy = Nuspec(package).Descendants().Where(e => e.Attribute("id")?.Value == "Brachy").ToArray();
        Assert.Equal(2, brachy.Length);
        Assert.All(brachy, dependency => Assert.Equal("All", dependency.Attribute("include")?.Value));
    }

    [Fact]
    public void BrachyHasAllThatAnIdeAndABuildLookFor()
    {
        using var package = Open("Brachy");
        string[] expected =
        [
            "analyzers/dotnet/cs/Brachy.CodeFixes.dll", "analyzers/dotnet/cs/Brachy.Generators.dll",
            "buildTransitive/net8.0/Brachy.ShapeCheck.targets",
            "buildTransitive/net8.0/Brachy.props", "buildTransitive/net8.0/Brachy.targets",
            "lib/net10.0/Brachy.Runtime.dll", "lib/net10.0/Brachy.Runtime.xml",
            "lib/net8.0/Brachy.Runtime.dll", "lib/net8.0/Brachy.Runtime.xml", "tools/net10.0/Brachy.ShapeCheck.dll",
            "tools/net10.0/Brachy.ShapeCheck.runtimeconfig.json",
        ];
        Assert.Equal(expected, package.Entries.Select(e => e.FullName).Where(name => name.Contains('/', StringComparison.Ordinal))
            .Where(name => !name.StartsWith("_rels", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SymbolsNameNoFolderOfTheMachine()
    {
        using var symbols = ZipFile.OpenRead(Path.Combine(feed.Packages, $"Brachy.{feed.Version}.snupkg"));
        var files = symbols.Entries.Where(e => e.Name.EndsWith(".pdb", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, files.Length);
        using var package = Open("Brachy");
        Assert.All(files.Concat(package.Entries.Where(e => e.Name.EndsWith(".dll", StringComparison.Ordinal))), file =>
            Assert.DoesNotContain(Machine.RepositoryRoot, Encoding.Latin1.GetString(Bytes(file)), StringComparison.Ordinal));
    }

    private ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(feed.Packages, $"{id}.{feed.Version}.nupkg"));

    private static XDocument Nuspec(ZipArchive package) =>
        XDocument.Parse(Text(package, package.Entries.Single(e => e.Name.EndsWith(".nuspec", StringComparison.Ordinal)).FullName));

    private static Dictionary<string, string> Metadata(ZipArchive package) =>
        Nuspec(package).Root!.Elements().Single().Elements().ToDictionary(e => e.Name.LocalName, e => e.Value);

    private static string Text(ZipArchive package, string path) =>
        Encoding.UTF8.GetString(Bytes(package.GetEntry(path)!)).TrimStart('\uFEFF');

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
