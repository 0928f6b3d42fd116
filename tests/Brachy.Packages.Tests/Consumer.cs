namespace Brachy.Packages.Tests;

/// <summary>A folder with a user's project. Deleted at the end of its test, since a published libtorch is large.</summary>
public sealed class Consumer(Feed feed, string folder) : IDisposable
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_HOME"] = folder,
        ["NUGET_PACKAGES"] = Machine.PackageCache,
    };

    public string Folder => folder;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public string PathOf(params string[] parts) => Path.Combine([folder, .. parts]);

    public Consumer With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    public Consumer Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text.Replace("VERSION", feed.Version, StringComparison.Ordinal));
        return this;
    }

    /// <summary>A project of C# that refers to packages of the version under test.</summary>
    public Consumer Project(string file, string packages, string properties = "", string items = "") =>
        Write(file, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(package => $"<PackageReference Include=\"{package}\" Version=\"{feed.Version}\" />"))}
                {items}
              </ItemGroup>
            </Project>
            """);

    public CommandResult Dotnet(params string[] arguments) => Machine.Run(folder, Machine.Dotnet, arguments, _environment);

    public CommandResult Run(string program, params string[] arguments) => Machine.Run(folder, program, arguments, _environment);

    /// <summary>Native files under a folder, without their folders.</summary>
    public string[] NativeFiles(params string[] parts) =>
        [.. Directory.EnumerateFiles(PathOf(parts), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))
            .Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase) || name.StartsWith("lib", StringComparison.Ordinal))
            .Where(name => !name.StartsWith("TorchSharp", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
