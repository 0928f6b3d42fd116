using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>Folders of ops are families: what is not public in one is named in no other.</summary>
[Trait("Category", "Quick")]
public class FamilyTests
{
    private const string Ops = "Ops/";

    /// <summary>The list of all primitives names those of every family.</summary>
    private const string ListOfAll = "Ops/Primitives.cs";

    /// <summary>
    /// What lies in a family and serves the others too: how ops are declared, differentiated and computed for batches, and
    /// loops that they are made of.
    /// </summary>
    private static readonly string[] s_sharedFiles =
    [
        "Ops/Elementwise/Unary.cs", "Ops/Elementwise/Binary.cs", "Ops/Elementwise/Nary.cs", "Ops/Elementwise/ElementRules.cs",
        "Ops/Gradients/Pullback.cs", "Ops/Gradients/Pushforward.cs", "Ops/Gradients/JvpKinds.cs",
        "Ops/Batching/BatchOperands.cs", "Ops/Batching/BatchedBodies.cs", "Ops/Batching/BatchedFamilies.cs",
        "Ops/Batching/BatchedReplay.cs", "Ops/Batching/FoldedBatching.cs", "Ops/Batching/SampleFunction.cs",
        "Ops/Control/RecordedLoop.cs", "Ops/Control/LoopSettings.cs", "Ops/Control/SwitchSettings.cs", "Ops/Random/TensorKeyMixing.cs",
    ];

    /// <summary>Ops that are not public, and that rules of other families are made of.</summary>
    private static readonly string[] s_sharedOps = ["alias", "sum_to", "softmax_backward", "Index", "Alias", "Where", "Stack", "Cat"];

    private static readonly Lazy<Reference[]> s_crossings = new(() =>
    [
        .. Reference.All().Where(r => !r.IsPublic && r.From.StartsWith(Ops, StringComparison.Ordinal) && r.From != ListOfAll
            && Family(r.To) is { } family && family != Family(r.From)),
    ]);

    [Fact]
    public void FunctionsHaveNoPrivateHelpers()
    {
        var functions = RuntimeSources.Compilation.GetTypeByMetadataName("Brachy.F")!;
        var types = functions.GetTypeMembers().Add(functions);
        Assert.Contains(types, type => type.Name == "linalg");
        var helpers = types
            .SelectMany(type => type.GetMembers())
            .Where(member => member.DeclaredAccessibility == Accessibility.Private && !member.IsImplicitlyDeclared)
            .Select(member => $"{RuntimeSources.PathOf(member.Locations[0].SourceTree!)}: {member.Name}")
            .ToArray();
        Assert.True(
            helpers.Length == 0,
            "Every family could call these; put them into a file-scoped class, or into an internal one of the family:\n"
                + string.Join("\n", helpers));
    }

    [Fact]
    public void NoFamilyNamesWhatIsAnothers()
    {
        var crossings = s_crossings.Value.Where(r => !s_sharedFiles.Contains(r.To) && !s_sharedOps.Contains(r.Name)).ToArray();
        Assert.True(
            crossings.Length == 0,
            "What several families need lies in Ops itself:\n"
                + string.Join("\n", crossings.Select(r => $"{r.From}({r.Line}): {r.Name}, declared in {r.To}")));
    }

    [Fact]
    public void WhatIsListedAsSharedIs()
    {
        Assert.All(s_sharedFiles, file => Assert.Contains(s_crossings.Value, r => r.To == file));
        Assert.All(s_sharedOps, op => Assert.Contains(s_crossings.Value, r => r.Name == op));
    }

    /// <summary>The folder under Ops that a file lies in; null for what several families share, and for other layers.</summary>
    private static string? Family(string path) =>
        path.StartsWith(Ops, StringComparison.Ordinal) && path.Split('/') is [_, var family, _, ..] ? family : null;
}
