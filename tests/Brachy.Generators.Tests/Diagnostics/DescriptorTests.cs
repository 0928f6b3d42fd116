using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>Descriptors are complete: each has an id, is reported, and has a chapter in the documentation.</summary>
[Trait("Category", "Quick")]
public class DescriptorTests
{
    private static readonly DiagnosticDescriptor[] s_all =
        [.. typeof(DiagnosticDescriptors).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => f.GetValue(null))
            .OfType<DiagnosticDescriptor>()];

    [Fact]
    public void IdsAreUniqueAndLinkToTheirChapters()
    {
        Assert.Equal(s_all.Length, s_all.Select(d => d.Id).Distinct().Count());
        Assert.All(s_all, d => Assert.Equal($"{DiagnosticDescriptors.Help}#{d.Id.ToLowerInvariant()}", d.HelpLinkUri));
    }

    [Fact]
    public void EachIsReported()
    {
        var reported = BuildCheck.Analyzers.SelectMany(a => a.SupportedDiagnostics).Concat(GeneratorFaults.Descriptors);
        Assert.Empty(s_all.Except(reported).Select(d => d.Id));
    }

    [Fact]
    public void EachIsDocumented()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "diagnostics.md"));
        Assert.Empty(s_all.Where(d => !text.Contains($"## {d.Id}\n", StringComparison.Ordinal)).Select(d => d.Id));
    }
}
