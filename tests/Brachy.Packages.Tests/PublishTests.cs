namespace Brachy.Packages.Tests;

/// <summary>Published folders, by every way of publishing.</summary>
[Collection(PackagesCollection.Name)]
public class PublishTests(Feed feed)
{
    [Theory]
    [InlineData("")]
    [InlineData("-p:PublishSingleFile=true")]
    [InlineData("-p:PublishTrimmed=true -p:TrimmerSingleWarn=false")]
    public void APublishedProgramLearns(string options)
    {
        using var user = Program("Published");
        string[] system = options.Length == 0 ? [] : ["-r", Machine.RuntimeIdentifier];
        user.Dotnet(["publish", "-o", "out", .. system, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Clean();

        Assert.Contains(Programs.Learned, user.Run(user.PathOf("out", "Published")).Clean().Output, StringComparison.Ordinal);
        Assert.True(SizeOf(user.PathOf("out")) < 600_000_000, $"The folder has {SizeOf(user.PathOf("out")):N0} bytes.");
    }

    [Theory]
    [InlineData("linux-x64", "libtorch_cpu.so", 500)]
    [InlineData("win-x64", "torch_cpu.dll", 300)]
    [InlineData("osx-arm64", "libtorch_cpu.dylib", 260)]
    public void TheRuntimeIdentifierChoosesLibtorch(string system, string library, long megabytes)
    {
        using var user = Program("Published");
        user.Dotnet("publish", "-r", system, "--self-contained", "false", "-o", "out").Clean();
        Assert.Equal([library], user.NativeFiles("out").Where(name => name.Contains("torch_cpu", StringComparison.Ordinal)));
        Assert.True(SizeOf(user.PathOf("out")) < megabytes * 1_000_000, $"The folder has {SizeOf(user.PathOf("out")):N0} bytes.");
    }

    [NativeAotFact]
    public void ANativeProgramLearnsAndLogs()
    {
        using var user = feed.NewConsumer("Published").Project(
            "Published.csproj", "Brachy.Cpu Brachy.Extensions.Logging", "<OutputType>Exe</OutputType>", Programs.LoggingPackages);
        var publish = user.Write("Program.cs", Programs.LearningWithLogs).Dotnet(
            "publish", "-r", Machine.RuntimeIdentifier, "-p:PublishAot=true", "-p:TrimmerSingleWarn=false", "-o", "out").Succeeded();

        // TorchSharp's warnings; see docs/packages.md.
        Assert.All(publish.Output.Split('\n').Where(line => line.Contains("warning", StringComparison.Ordinal)),
            line => Assert.Contains(": TorchSharp.", line, StringComparison.Ordinal));
        var output = user.Run(user.PathOf("out", "Published")).Clean().Output;
        Assert.All([Programs.Learned, Programs.Logged], text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    private Consumer Program(string name) =>
        feed.NewConsumer(name).Project($"{name}.csproj", "Brachy.Cpu", "<OutputType>Exe</OutputType>")
            .Write("Program.cs", Programs.Learning);

    private static long SizeOf(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
