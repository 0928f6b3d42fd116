using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators.Tests;

/// <summary>A file's name says what is in it: in the whole runtime, no other file has it for something else.</summary>
[Trait("Category", "Quick")]
public class FileNameTests
{
    [Fact]
    public void FilesOfOneNameArePartsOfOneType()
    {
        var shared = Shared(RuntimeSources.Compilation.SyntaxTrees.Where(tree => RuntimeSources.PathOf(tree) is not null));
        Assert.True(shared.Count == 0, $"Files share a name for different things:\n{string.Join("\n", shared)}");
    }

    [Theory]
    [InlineData("a/X.cs|public class X;", "b/X.cs|public static partial class F;", "a/X.cs and b/X.cs")]
    [InlineData("a/X.cs|namespace N; partial class F;", "b/X.cs|namespace M; partial class F;", "a/X.cs and b/X.cs")]
    [InlineData("a/X.cs|namespace N; class X;", "b/x.cs|namespace N; class Y;", "a/X.cs and b/x.cs")]
    [InlineData("a/X.cs|namespace N; partial class F;", "b/X.cs|namespace N { partial class F; class Other; }", "")]
    [InlineData("a/X.cs|namespace N; partial class F<T>;", "b/X.cs|namespace N; partial class F;", "a/X.cs and b/X.cs")]
    [InlineData("a/X.cs|class X;", "b/Y.cs|class Y;", "")]
    public void TwoFilesShareANameForDifferentThings(string first, string second, string expected)
    {
        var trees = new[] { first, second }.Select(file => file.Split('|')).Select(file =>
            CSharpSyntaxTree.ParseText(file[1], TestCompilation.ParseOptions, file[0]));
        Assert.Equal(expected, string.Join("\n", Shared(trees)));
    }

    /// <summary>Pairs of files whose names differ in their folders only, and which are not parts of one type.</summary>
    private static IReadOnlyList<string> Shared(IEnumerable<SyntaxTree> trees) =>
    [
        .. from same in trees.GroupBy(tree => Path.GetFileName(tree.FilePath), StringComparer.OrdinalIgnoreCase)
           let files = same.OrderBy(tree => tree.FilePath, StringComparer.Ordinal).ToArray()
           from other in files.Skip(1)
           where !Types(files[0]).Intersect(Types(other)).Any()
           select $"{RuntimeSources.PathOf(files[0]) ?? files[0].FilePath} and {RuntimeSources.PathOf(other) ?? other.FilePath}",
    ];

    /// <summary>The types that a file declares, by full name and number of type parameters.</summary>
    private static IEnumerable<string> Types(SyntaxTree tree) => tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        .Select(type => string.Join('.', type.AncestorsAndSelf().Reverse().Select(Part).OfType<string>()));

    private static string? Part(SyntaxNode node) => node switch
    {
        BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
        TypeDeclarationSyntax type => $"{type.Identifier.ValueText}`{type.TypeParameterList?.Parameters.Count ?? 0}",
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        _ => null,
    };
}
