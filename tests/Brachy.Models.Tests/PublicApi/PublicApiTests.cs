using System.Runtime.CompilerServices;
using PublicApiGenerator;

namespace Brachy.Models.Tests.PublicApi;

/// <summary>
/// The public surface, namespace by namespace, is as the files beside this one say it: each change of it shows as a change of such a file.
/// </summary>
[Trait("Category", "Quick")]
public class PublicApiTests
{
    private static readonly Type[] s_exported = typeof(Pretrained).Assembly.GetExportedTypes();

    public static TheoryData<string> Namespaces =>
        [.. s_exported.Select(type => type.Namespace!).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Namespaces))]
    public void EveryChangeOfTheSurfaceIsMeant(string space)
    {
        var options = new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            IncludeTypes = [.. s_exported.Where(type => type.Namespace == space)],

            // How a member is compiled is no promise.
            ExcludeAttributes =
            [
                "System.CodeDom.Compiler.GeneratedCodeAttribute", "System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverageAttribute",
                "System.Diagnostics.DebuggerDisplayAttribute", "System.Diagnostics.DebuggerStepThroughAttribute",
                "System.Runtime.CompilerServices.IsReadOnlyAttribute",
            ],
        };
        var received = options.IncludeTypes[0].Assembly.GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var verified = PathOf($"{space}.verified.txt");
        if (File.Exists(verified) && File.ReadAllText(verified) == received)
        {
            return;
        }

        File.WriteAllText(PathOf($"{space}.received.txt"), received);
        Assert.Fail(
            $"The public surface of {space} has changed. Compare {space}.received.txt with {space}.verified.txt in "
            + "tests/Brachy.Models.Tests/PublicApi; "
            + "if the change is meant, rename the first to the second, and say what was renamed or removed in CHANGELOG.md.");
    }

    private static string PathOf(string name, [CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, name);
}
