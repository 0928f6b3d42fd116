using System.Diagnostics;
using System.Security;

namespace Brachy.Benchmarks;

/// <summary>
/// What the generators add to <c>dotnet build</c>: the processor time of a project with them, and with the files that they write among its
/// sources. Without restore, kept nodes and analyzers; the processes that the build starts count.
/// </summary>
internal static class GeneratorBuild
{
    // The compiler server compiles its own hot methods a second time within the first half dozen builds.
    private const int WarmupsOfServer = 8;
    private const int Runs = 7;

    /// <summary>One build after another, which share a compiler server as those of a user do.</summary>
    public static Measurement Measure(string id, int modules, int plain, double bound)
    {
        using var server = new CompilerServer();
        return Measure(
            modules, plain, WarmupsOfServer, folder => Build(folder, server),
            (share, details) => Measurement.AtMost(id, share, bound, details));
    }

    /// <summary>Builds whose compiler starts anew, as the first of a day and those of a build machine.</summary>
    public static Measurement MeasureFirst(string id, int modules, int plain) =>
        Measure(
            modules, plain, warmups: 1, folder => Build(folder, server: null),
            (share, details) => Measurement.Reported(id, share, details));

    private static Measurement Measure(
        int modules, int plain, int warmups, Func<string, double> build, Func<double, string, Measurement> result)
    {
        var folder = Directory.CreateTempSubdirectory("brachy-build-").FullName;
        try
        {
            var project = new SyntheticProject(modules, plain);
            project.Compile();
            var generated = GeneratorCompile.Generated(modules, plain);
            var with = Write(Path.Combine(folder, "with"), project.Files, usesGenerators: true);
            var without = Write(
                Path.Combine(folder, "without"),
                project.Files.Concat(generated.Select((file, i) => ($"Generated{i}.cs", file.Text))), usesGenerators: false);
            var (generators, sources) = Interleaved.Medians(() => build(with), () => build(without), warmups, Runs);
            return result((generators / sources) - 1, FormattableString.Invariant(
                $"{modules} modules: {generators:f1} s with generators, {sources:f1} s with their {generated.Length} files as sources"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Write(string folder, IEnumerable<(string Path, string Text)> files, bool usesGenerators)
    {
        Directory.CreateDirectory(folder);
        foreach (var (path, text) in files)
        {
            File.WriteAllText(Path.Combine(folder, path), text);
        }

        static string Reference(Type type) => $"<Reference Include=\"{SecurityElement.Escape(type.Assembly.Location)}\" />";
        var generators = SecurityElement.Escape(GeneratorKeystroke.All()[0].GetType().Assembly.Location);
        File.WriteAllText(Path.Combine(folder, "Synthetic.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <Nullable>enable</Nullable>
                <RunAnalyzers>false</RunAnalyzers>
                <NoWarn>$(NoWarn);CS1591;CS8981</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                {Reference(typeof(Tensor))}{Reference(typeof(DType))}{Reference(typeof(TorchSharp.torch))}
                {(usesGenerators ? $"<Analyzer Include=\"{generators}\" />" : "")}
              </ItemGroup>
            </Project>
            """);
        Run(folder, "restore");
        return folder;
    }

    /// <returns>Seconds of processor time.</returns>
    private static double Build(string folder, CompilerServer? server)
    {
        foreach (var kind in (string[])["bin", "obj/Debug"])
        {
            var output = Path.Combine(folder, kind);
            if (Directory.Exists(output))
            {
                Directory.Delete(output, recursive: true);
            }
        }

        var before = ProcessorTime.OfChildren() + (server?.Seconds ?? 0);
        Run(folder, "build", "--no-restore", "-nodeReuse:false", CompilerServer.Option(server), "-v:quiet");
        return ProcessorTime.OfChildren() + (server?.Seconds ?? 0) - before;
    }

    private static void Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Those of the program that measures are not those of a build.
        start.Environment.Remove("MSBuildSDKsPath");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'dotnet {arguments[0]}' failed.\n{output}{errors.Result}");
        }
    }
}
