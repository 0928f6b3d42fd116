using System.Diagnostics;
using System.Globalization;
using System.Security;

namespace Brachy.Benchmarks;

/// <summary>
/// What the generators add to <c>dotnet build</c>: the processor time of a project with them, and with the files that they write among its
/// sources. Without restore, compiler server, kept nodes and analyzers; the processes that the build starts count.
/// </summary>
internal static class GeneratorBuild
{
    private const int Warmups = 1;
    private const int Runs = 5;

    public static Measurement Measure(string id, int modules, int plain, double bound)
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
            var (generators, sources) = Interleaved.Medians(() => Build(with), () => Build(without), Warmups, Runs);
            return Measurement.AtMost(id, (generators / sources) - 1, bound, FormattableString.Invariant(
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
                {Reference(typeof(Tensor))}{Reference(typeof(TorchSharp.torch))}
                {(usesGenerators ? $"<Analyzer Include=\"{generators}\" />" : "")}
              </ItemGroup>
            </Project>
            """);
        Run(folder, "restore");
        return folder;
    }

    /// <returns>Seconds of processor time.</returns>
    private static double Build(string folder)
    {
        foreach (var kind in (string[])["bin", "obj/Debug"])
        {
            var output = Path.Combine(folder, kind);
            if (Directory.Exists(output))
            {
                Directory.Delete(output, recursive: true);
            }
        }

        var before = SecondsOfChildren();
        Run(folder, "build", "--no-restore", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-v:quiet");
        return SecondsOfChildren() - before;
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

    /// <summary>The processor time of all processes that were started and have ended, and of those that they started.</summary>
    private static double SecondsOfChildren()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("The processor time of a build is read from /proc, which only Linux has.");
        }

        // cutime and cstime, in ticks of 10 ms; the name before them may have blanks.
        var fields = File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) / 100.0;
    }
}
