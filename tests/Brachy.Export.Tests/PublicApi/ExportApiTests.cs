using System.Runtime.CompilerServices;
using Brachy.IO;
using PublicApiGenerator;

namespace Brachy.Tests.PublicApi;

/// <summary>
/// The public surface of Brachy.Export is as the file beside this one says it: each change of it shows as a change there.
/// </summary>
public class ExportApiTests
{
    [Fact]
    public void EveryChangeOfTheSurfaceIsMeant()
    {
        var received = typeof(OnnxExport).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n").TrimEnd() + "\n";
        var verified = PathOf("Brachy.Export.verified.txt");
        if (File.Exists(verified) && File.ReadAllText(verified) == received)
        {
            return;
        }

        File.WriteAllText(PathOf("Brachy.Export.received.txt"), received);
        Assert.Fail(
            "The public surface of Brachy.Export has changed. Compare the received file with the verified one in "
            + "tests/Brachy.Export.Tests/PublicApi; if the change is meant, rename the first to the second.");
    }

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, name);
}
