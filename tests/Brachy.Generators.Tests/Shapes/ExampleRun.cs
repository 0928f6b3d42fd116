using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Brachy.Generators.Tests;

/// <summary>
/// Compiles a source with what is generated for it, and checks its examples as a build does: in a process without libtorch.
/// </summary>
internal static class ExampleRun
{
    /// <summary>What the check writes, with the folder of the source cut off.</summary>
    public static string[] Of(string source)
    {
        var folder = Directory.CreateTempSubdirectory("examples");
        try
        {
            var file = Path.Combine(folder.FullName, "Model.cs");
            var compilation = CSharpCompilation.Create(
                "Model",
                [CSharpSyntaxTree.ParseText(source, TestCompilation.ParseOptions, file, System.Text.Encoding.UTF8)],
                TestCompilation.References,
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
            TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
            var assembly = Path.Combine(folder.FullName, "Model.dll");
            var pdb = Path.ChangeExtension(assembly, ".pdb");
            using (var image = File.Create(assembly))
            using (var symbols = File.Create(pdb))
            {
                var emitted = generated.Emit(
                    image, symbols,
                    options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb, pdbFilePath: pdb));
                Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
            }

            var list = Path.Combine(folder.FullName, "Model.examples.txt");
            string[] needed = ["Brachy.Runtime.dll", "Brachy.Inference.dll", "TorchSharp.dll", "System.Numerics.Tensors.dll"];
            var references = needed.Select(name => Path.Combine(AppContext.BaseDirectory, name)).Where(File.Exists);
            File.WriteAllLines(list, [assembly, .. references]);
            return [.. Check(list).Select(
                line => line.Replace(folder.FullName + Path.DirectorySeparatorChar, "", StringComparison.Ordinal))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Check(string list)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet"
            ? host
            : "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Brachy.ShapeCheck.dll"), list },
            Environment = { ["DOTNET_JITMinOpts"] = "1" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", errors.Result);
        var findings = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(findings.Any(finding => finding.Contains(": error ", StringComparison.Ordinal)) ? 1 : 0, process.ExitCode);
        return findings;
    }
}
