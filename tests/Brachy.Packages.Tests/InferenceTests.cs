namespace Brachy.Packages.Tests;

/// <summary>Frozen models in programs that have nothing of libtorch.</summary>
[Collection(PackagesCollection.Name)]
public sealed class InferenceTests(Feed feed, InferenceTests.Models models) : IClassFixture<InferenceTests.Models>
{
    private const long LargestProgram = 4_000_000;

    /// <summary>The runtime's switches leave kernels 512, 256 and 128 bits, and products of bytes or of 16 bits.</summary>
    public static TheoryData<string> Vectors =>
        ["", "DOTNET_EnableAVXVNNI=0", "DOTNET_EnableAVXVNNI=0 DOTNET_EnableAVX512=0", "DOTNET_EnableAVX512=0 DOTNET_EnableAVX2=0"];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void AProgramRunsAModelWithVectorsOfEachLength(string switches)
    {
        using var user = Runner();
        foreach (var parts in switches.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')))
        {
            user.With(parts[0], parts[1]);
        }

        user.Dotnet("build", "-o", "out").Clean();
        Assert.Equal(["Brachy.Inference.dll", "Runner.dll", "System.Numerics.Tensors.dll"], Libraries(user.PathOf("out")));
        Assert.Equal("same", user.Dotnet("out/Runner.dll").Clean().Lines[^1]);
    }

    [Fact]
    public void AProgramForNet8RunsAModel()
    {
        using var user = Runner("<TargetFramework>net8.0</TargetFramework>").With("DOTNET_ROLL_FORWARD", "Major");
        Assert.Equal("same", user.Dotnet("run").Clean().Lines[^1]);
    }

    [NativeAotFact]
    public void ANativeProgramRunsAModelWithoutAWarning()
    {
        using var user = Runner();
        user.Dotnet("publish", "-r", Machine.RuntimeIdentifier, "-p:PublishAot=true", "-p:TrimmerSingleWarn=false", "-o", "out").Clean();
        Assert.True(new FileInfo(user.PathOf("out", "Runner")).Length < LargestProgram);
        Assert.Equal("same", user.Run(user.PathOf("out", "Runner")).Clean().Lines[^1]);
    }

    [NativeAotFact]
    public void TinyProgramsAreSmallAndAlone()
    {
        var digits = Publish("Digits", "digits");
        var image = Path.Combine(models.Folder, "image.pgm");
        File.WriteAllBytes(image, [.. "P5 28 28 255\n"u8, .. Enumerable.Range(0, 784).Select(i => (byte)(i % 251))]);
        foreach (var arguments in (string[][])[[models.PathOf("digits.brachy")], [models.PathOf("digits.brachy"), image]])
        {
            var output = Machine.Run(models.Folder, digits, arguments).Clean().Output;
            Assert.Contains("\n9 ", output, StringComparison.Ordinal);
            Assert.Contains("first answer", output, StringComparison.Ordinal);
        }

        var writer = Publish("Writer", "writer");
        var text = Machine.Run(models.Folder, writer, [models.PathOf("writer.brachy"), "xyzA"]).Clean();
        Assert.Contains("xyzAABCDE", text.Output, StringComparison.Ordinal);
        foreach (var (program, arguments) in ((string, string[])[])
            [(digits, ["missing.brachy"]), (digits, [models.PathOf("digits.brachy"), writer]), (writer, [models.PathOf("digits.brachy")])])
        {
            var result = Machine.Run(models.Folder, program, arguments);
            Assert.Equal(1, result.ExitCode);
            Assert.Single(result.Lines);
        }
    }

    private string Publish(string sample, string program)
    {
        var folder = Path.Combine(models.Folder, sample);
        Machine.Run(
            Machine.RepositoryRoot, Machine.Dotnet,
            [
                "publish", $"samples/Tiny/{sample}", "-c", "Release", "-r", Machine.RuntimeIdentifier, "-o", folder,
                "-p:RunAnalyzers=false", "--nologo",
            ]).Clean();
        var file = Path.Combine(folder, program);
        Assert.True(new FileInfo(file).Length < LargestProgram, $"{program} has {new FileInfo(file).Length:N0} bytes.");
        Assert.DoesNotContain(Directory.EnumerateFiles(folder), other => Path.GetExtension(other) is ".dll" or ".so");
        return file;
    }

    private Consumer Runner(string properties = "")
    {
        var user = feed.NewConsumer("Runner")
            .Project(
                "Runner.csproj", "Brachy.Inference",
                "<OutputType>Exe</OutputType><TreatWarningsAsErrors>true</TreatWarningsAsErrors>" + properties)
            .Write("Program.cs", InferencePrograms.Running)
            .Write("MixedSource.cs", File.ReadAllText(models.PathOf("MixedSource.txt")));
        foreach (var file in (string[])["mixed.brachy", "layers.brachy", "input.txt", "expected.txt", "scores.txt"])
        {
            File.Copy(models.PathOf(file), user.PathOf(file));
        }

        return user;
    }

    private static string[] Libraries(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.dll").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Models that a program froze with the packages under test.</summary>
    public sealed class Models : IDisposable
    {
        private readonly Consumer _user;

        public Models(Feed feed)
        {
            _user = feed.NewConsumer("Freezing").Project("Freezing.csproj", "Brachy.Cpu Brachy.Export", "<OutputType>Exe</OutputType>")
                .Write("Program.cs", InferencePrograms.Freezing);
            Assert.Equal("frozen", _user.Dotnet("run").Clean().Lines[^1]);
        }

        public string Folder => _user.Folder;

        public string PathOf(string file) => _user.PathOf(file);

        public void Dispose() => _user.Dispose();
    }
}
