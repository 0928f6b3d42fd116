using System.Reflection;
using System.Text.RegularExpressions;
using Brachy.CodeFixes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Brachy.Generators.Tests;

/// <summary>Editors find each fix, and the documentation says which rules have one.</summary>
[Trait("Category", "Quick")]
public class FixTableTests
{
    private static readonly Type[] s_fixes =
        [.. typeof(BrachyFix).Assembly.GetTypes().Where(t => typeof(CodeFixProvider).IsAssignableFrom(t) && !t.IsAbstract)];

    [Fact]
    public void EachIsExportedUnderItsName() => Assert.All(s_fixes, fix =>
    {
        var export = fix.GetCustomAttribute<ExportCodeFixProviderAttribute>();
        Assert.Equal(fix.Name, export?.Name);
        Assert.Equal([LanguageNames.CSharp], export!.Languages);
        Assert.True(fix.IsPublic);
        Assert.NotNull(((CodeFixProvider)Activator.CreateInstance(fix)!).GetFixAllProvider());
    });

    [Fact]
    public void TheDocumentationHasThem()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "diagnostics.md"));
        var list = Regex.Match(text, @"offers to mend these[^:]*: BRACHY(?<ids>[^.]*)\.").Groups["ids"].Value;
        var documented = Regex.Matches(list, @"(?<from>\d+)( to (?<to>\d+))?").SelectMany(m =>
        {
            var from = int.Parse(m.Groups["from"].Value, null);
            var to = m.Groups["to"].Success ? int.Parse(m.Groups["to"].Value, null) : from;
            return Enumerable.Range(from, to - from + 1).Select(i => $"BRACHY{i:000}");
        });
        Assert.Equal(
            s_fixes.SelectMany(f => ((CodeFixProvider)Activator.CreateInstance(f)!).FixableDiagnosticIds).Distinct().Order(), documented);
    }
}
