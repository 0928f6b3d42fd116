using System.Reflection;
using System.Runtime.CompilerServices;
using Brachy.Extensions.Logging;
using PublicApiGenerator;

namespace Brachy.Tests.PublicApi;

/// <summary>
/// The public surface, namespace by namespace, is as the files beside this one say it: each change of it shows as a change of such a file.
/// </summary>
[Trait("Category", "Quick")]
public class PublicApiTests
{
    private static readonly ApiGeneratorOptions s_options = new()
    {
        IncludeAssemblyAttributes = false,

        // How a member is compiled is no promise.
        ExcludeAttributes =
        [
            "System.CodeDom.Compiler.GeneratedCodeAttribute", "System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverageAttribute",
            "System.Diagnostics.DebuggerDisplayAttribute", "System.Diagnostics.DebuggerStepThroughAttribute",
            "System.Runtime.CompilerServices.IsReadOnlyAttribute",
        ],
    };

    private static readonly Type[] s_exported =
    [
        .. typeof(Tensor).Assembly.GetExportedTypes(), .. typeof(Shape).Assembly.GetExportedTypes(),
        .. typeof(BrachyLogging).Assembly.GetExportedTypes(),
        .. typeof(Data.Batches).Assembly.GetExportedTypes(),
    ];

    public static TheoryData<string> Namespaces =>
        [.. s_exported.Select(type => type.Namespace!).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Namespaces))]
    public void EveryChangeOfTheSurfaceIsMeant(string space)
    {
        var received = string.Concat(
            s_exported.Where(type => type.Namespace == space).Distinct().GroupBy(type => type.Assembly)
                .OrderByDescending(types => types.Key.FullName, StringComparer.Ordinal).Select(ApiOf));
        var verified = PathOf($"{space}.verified.txt");
        if (File.Exists(verified) && File.ReadAllText(verified) == received)
        {
            return;
        }

        File.WriteAllText(PathOf($"{space}.received.txt"), received);
        Assert.Fail(
            $"The public surface of {space} has changed. Compare {space}.received.txt with {space}.verified.txt in "
            + "tests/Brachy.Runtime.Tests/PublicApi; " +
            "if the change is meant, rename the first to the second, and say what was renamed or removed in CHANGELOG.md.");
    }

    [Fact]
    public void NoFileIsOfANamespaceThatIsGone() => Assert.Equal(
        s_exported.Select(type => type.Namespace!).Distinct().Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(PathOf(""), "*.verified.txt")
            .Select(file => Path.GetFileName(file).Replace(".verified.txt", "", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    private static string ApiOf(IGrouping<Assembly, Type> types)
    {
        s_options.IncludeTypes = [.. types];
        return types.Key.GeneratePublicApi(s_options).ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static string PathOf(string name, [CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, name);
}
