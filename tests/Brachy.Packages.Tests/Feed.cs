using System.Globalization;

namespace Brachy.Packages.Tests;

/// <summary>
/// The packages, made from the sources as they are, in a folder of their own. Each run has its own version, so that no cache holds an older
/// one; other packages come from the machine's cache. All is deleted afterwards.
/// </summary>
public sealed class Feed : IDisposable
{
    public Feed()
    {
        Version = $"0.1.0-test.{DateTime.UtcNow.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}.{Environment.ProcessId}";
        Root = Directory.CreateTempSubdirectory("brachy-packages-").FullName;
        Packages = Directory.CreateDirectory(Path.Combine(Root, "feed")).FullName;
        foreach (var project in (string[])
        [
            "src/Brachy.Inference", "src/Brachy.Runtime", "src/Brachy.Cpu", "src/Brachy.Data", "src/Brachy.Export",
            "src/Brachy.Extensions.Logging", "src/Brachy.Models", "templates",
        ])
        {
            Machine.Run(Machine.RepositoryRoot, Machine.Dotnet,
                ["pack", project, "-c", "Release", "-o", Packages, $"-p:Version={Version}", "-p:RunAnalyzers=false", "-v", "q", "--nologo"],
                new Dictionary<string, string> { ["CI"] = "true" }).Clean();
        }

        // Folders above the root may belong to anyone.
        File.WriteAllText(Path.Combine(Root, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(Root, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(Root, "Directory.Packages.props"), "<Project />");
        File.WriteAllText(Path.Combine(Root, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="brachy" value="{Packages}" /></packageSources>
            </configuration>
            """);
    }

    public string Root { get; }

    public string Packages { get; }

    public string Version { get; }

    /// <summary>An empty folder outside of the repository.</summary>
    public Consumer NewConsumer(string name) => new(this, Directory.CreateDirectory(Path.Combine(Root, name)).FullName);

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        foreach (var name in (string[])
            ["brachy", "brachy.cpu", "brachy.data", "brachy.export", "brachy.extensions.logging", "brachy.inference", "brachy.models"])
        {
            var folder = Path.Combine(Machine.PackageCache, name, Version);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
