using System.Text.Json;

namespace Brachy.Packages.Tests;

/// <summary>Projects of users, built and run in clean folders.</summary>
[Collection(PackagesCollection.Name)]
public class BuildTests(Feed feed)
{
    private const string Exe = "<OutputType>Exe</OutputType>";

    [Fact]
    public void AConsoleProgramLearns()
    {
        using var user = feed.NewConsumer("Console");
        user.Dotnet("new", "console", "--no-restore").Succeeded();
        user.Dotnet("add", "package", "Brachy.Cpu", "--version", feed.Version).Succeeded();
        user.Write("Program.cs", Programs.Learning);
        user.Dotnet("build").Clean();

        Assert.Contains(Programs.Learned, user.Dotnet("run", "--no-build").Clean().Output, StringComparison.Ordinal);

        // Only what this system loads, and no debug file of an image library.
        Assert.Equal(Machine.RuntimeIdentifier, Assert.Single(Directory.GetDirectories(user.PathOf("bin", "Debug", "net10.0", "runtimes"))
            .Select(Path.GetFileName)));
        Assert.DoesNotContain(user.NativeFiles("bin"), name =>
            name.Contains("python", StringComparison.Ordinal) || name.Contains("test", StringComparison.Ordinal)
            || name.Contains("Skia", StringComparison.Ordinal));
        using var settings = JsonDocument.Parse(File.ReadAllText(user.PathOf("bin", "Debug", "net10.0", "Console.runtimeconfig.json")));
        Assert.Equal(4_194_304, settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties")
            .GetProperty("System.GC.Gen0MaxBudget").GetInt32());
    }

    [Theory]
    [InlineData("net10.0")]
    [InlineData("net8.0")]
    public void AProgramLogs(string framework)
    {
        using var user = feed.NewConsumer("Logging").With("DOTNET_ROLL_FORWARD", "Major");
        user.Project(
            "Logging.csproj", "Brachy.Cpu Brachy.Extensions.Logging",
            $"{Exe}<TargetFramework>{framework}</TargetFramework><LangVersion>14</LangVersion>", Programs.LoggingPackages);
        user.Write("Program.cs", Programs.LearningWithLogs).Dotnet("build").Clean();
        var output = user.Dotnet("run", "--no-build").Clean().Output;
        Assert.All([Programs.Learned, Programs.Logged], text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    /// <summary>The package lets the compiler take methods from generated code; each value of a static argument is a trace.</summary>
    [Fact]
    public void CallsAreIntercepted()
    {
        using var user = feed.NewConsumer("Intercepted");
        user.Project("Intercepted.csproj", "Brachy.Cpu", Exe).Write("Program.cs", """
            using Brachy;
            var x = Steps.Step(Steps.Step(F.ones([2])), times: 3);
            Console.WriteLine($"{x.ToArray<float>()[0]} in {Steps.StepJitFunction.TraceCount} traces");
            public static partial class Steps { [Jit(Intercept = true)] public static Tensor Step(Tensor x, int times = 2) => x * times; }
            """);
        Assert.Equal("6 in 2 traces", user.Dotnet("run").Clean().Output.Trim());
    }

    [Fact]
    public void AProgramWithoutLibtorchIsWarnedAndALibraryIsNot()
    {
        using var user = feed.NewConsumer("NoLibtorch");
        user.Project("App/App.csproj", "Brachy", Exe).Write("App/Program.cs", "Console.WriteLine(Brachy.DType.Float32);");
        user.Project("Lib/Lib.csproj", "Brachy").Write("Lib/Lib.cs", "public static class Lib;");
        var build = user.Dotnet("build", "App").Succeeded();
        Assert.Equal(["BRACHY076"], build.Codes);
        Assert.Contains("Add the package Brachy.Cpu", build.Output, StringComparison.Ordinal);
        user.Dotnet("build", "App", "--no-restore", "-p:BrachyCheckLibtorch=false").Clean();
        user.Dotnet("build", "Lib").Clean();
    }

    [Fact]
    public void ALibraryWithAModuleAndTheProgramThatTrainsIt()
    {
        using var user = feed.NewConsumer("Both");
        user.Project("Lib/Lib.csproj", "Brachy").Write("Lib/Scaled.cs", """
            using Brachy;
            using Brachy.NN;
            namespace Lib;
            [Module]
            public partial class Scaled
            {
                public partial Linear Layer { get; set; }
                public Scaled(int size) => Layer = new(size, size);
                public Tensor Forward(Tensor x) => 2 * Layer.Call(x);
            }
            """);
        user.Project("App/App.csproj", "Brachy.Cpu", Exe, "<ProjectReference Include=\"../Lib/Lib.csproj\" />").Write("App/Program.cs", """
            using Brachy;
            using Lib;
            using var rng = Rng.Scope(seed: 0);
            var (model, config) = new Scaled(3);
            var gradients = Grad.Of((StructureTree m) => F.sum(Scaled.Apply(m, config, F.ones([2, 3])).Output))(model);
            Console.WriteLine(((Tensor)gradients["layer.bias"]).ToArray<float>()[0]);
            """);
        user.Dotnet("build", "App").Clean();
        Assert.Equal("4", user.Dotnet("run", "--project", "App", "--no-build").Clean().Output.Trim());
    }

    [Theory]
    [InlineData("samples/Hello/hello.cs", "step 500: loss 0.0")]
    [InlineData("samples/Hello/classifier.cs", "Parameters: 203,540")]
    public void AProgramOfOneFile(string source, string expected)
    {
        using var user = feed.NewConsumer("File");
        user.With("XDG_DATA_HOME", user.PathOf("data")).Write("program.cs", Programs.OfRepository(source));
        Assert.Contains(expected, user.Dotnet("run", "program.cs").Clean().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void FSharpCallsTheLibrary()
    {
        using var user = feed.NewConsumer("FSharp");
        user.Project("FSharp.fsproj", "Brachy.Cpu", Exe, "<Compile Include=\"Program.fs\" />").Write("Program.fs", """
            open System
            open Brachy
            let square = Func<Tensor, Tensor>(fun x -> F.sum(x * x))
            let x = F.ones(Shape.Create(ReadOnlySpan [| 3L |]))
            let slope = Grad.Of(square).Invoke(x)
            printfn "%g" (slope.ToArray<float32>().[0])
            let compiled = Jit.Compile(square)
            printfn "%g" (compiled.Invoke(x).ToArray<float32>().[0])
            """);
        Assert.Equal(["2", "3"], user.Dotnet("run").Clean().Lines);
    }

    [Fact]
    public void AllAnalysisRulesAreErrors()
    {
        using var user = feed.NewConsumer("Strict");
        user.Project("Strict.csproj", "Brachy", """
            <AnalysisMode>All</AnalysisMode>
            <AnalysisLevel>latest</AnalysisLevel>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>
            <GenerateDocumentationFile>true</GenerateDocumentationFile>
            <IsAotCompatible>true</IsAotCompatible>
            """);
        var layer = Programs.OfRepository("templates/content/brachy-library/BrachyLibrary/GatedResidual.cs");
        user.Write("GatedResidual.cs", layer).Write("Training.cs", """
            using Brachy;
            using Brachy.Optim;
            namespace BrachyLibrary;
            /// <summary>A state.</summary>
            [Tree]
            public partial record State(StructureTree Opt, StructureTree Model);
            /// <summary>Training.</summary>
            public static partial class Training
            {
                /// <summary>A step.</summary>
                [Jit]
                public static State Step([Donate] State state, GlobalConfig optConfig, GlobalConfig config, Tensor x)
                {
                    ArgumentNullException.ThrowIfNull(state);
                    var (opt, model, _) = Optimizer.Step(state.Opt, optConfig, state.Model, m =>
                    {
                        (m, var y) = GatedResidual.Apply(m, config, x);
                        return (m, F.mean(y * y));
                    });
                    return new(opt, model);
                }
            }
            """);
        user.Dotnet("build").Clean();
    }

    /// <summary>Advice that Brachy's rules contradict is not given; what else the same code deserves is.</summary>
    [Fact]
    public void ContradictingAdviceIsSuppressed()
    {
        using var user = feed.NewConsumer("Advice");
        user.Project("Advice.csproj", "Brachy", """
            <AnalysisMode>All</AnalysisMode>
            <EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>
            """).Write(".editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.IDE0060.severity = warning");
        user.Write("Layer.cs", """
            using Brachy;
            namespace Advice;
            [Module]
            public partial class Layer
            {
                [Static]
                public partial int[] Sizes { get; set; }
                public Layer() => Sizes = [1];
                public Tensor Forward(Tensor x) => F.ones([1]);
            }
            public static partial class Steps
            {
                [Jit]
                public static Tensor Step(Tensor x, int times) => F.ones([1]);
            }
            """);
        user.Dotnet("build").Clean();
        user.Write("Plain.cs", """
            namespace Advice;
            public class Plain
            {
                public int[] Sizes { get; } = [1];
                public int Other(int rest) => 1;
            }
            """);
        Assert.Equal(["CA1819", "CA1822", "IDE0060"], user.Dotnet("build", "--no-restore").Succeeded().Codes);
    }

    [Fact]
    public void ABuildAndARunWithTurkishLettersAndNumbers()
    {
        using var user = feed.NewConsumer("Turkish");
        foreach (var variable in (string[])["LANG", "LC_ALL"])
        {
            user.With(variable, "tr_TR.UTF-8");
        }

        user.Project("Turkish.csproj", "Brachy.Cpu", Exe + "<InvariantGlobalization>false</InvariantGlobalization>").Write("Program.cs", """
            using Brachy;
            using Brachy.IO;
            using Brachy.NN;
            using System.Globalization;
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("tr-TR");
            Console.WriteLine($"{1.5} {"I".ToLower()}");
            using var rng = Rng.Scope(seed: 0);
            var (model, config) = new Net();
            Checkpoint.Save("model.safetensors", ("model", (model, config)));
            var (again, _) = Checkpoint.Load("model.safetensors").Tree("model");
            Console.WriteLine(((Tensor)again["input_layer.weight"]).ndim == 2);
            var f = Jit.Compile((Tensor x) => F.exp(x * 1.25) + 0.5);
            Console.WriteLine(f.Invoke(F.zeros([2])).ToArray<float>()[0]);
            Console.WriteLine(Net.Apply(model, config, F.zeros([1, 2])).Output.shape[1]);

            [Module]
            public partial class Net
            {
                public partial Linear InputLayer { get; set; }
                [Static] public partial double Slope { get; set; }
                public Net()
                {
                    InputLayer = new(2, 3);
                    Slope = 0.25;
                }

                public Tensor Forward(Tensor x) => F.leaky_relu(InputLayer.Call(x), Slope);
            }
            """);
        user.Dotnet("build", "-p:UseSharedCompilation=false").Clean();
        Assert.Equal(["1,5 ı", "True", "1,5", "3"], user.Dotnet("run", "--no-build").Clean().Lines);
    }
}
