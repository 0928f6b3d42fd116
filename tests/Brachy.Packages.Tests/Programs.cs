namespace Brachy.Packages.Tests;

/// <summary>Sources of users.</summary>
internal static class Programs
{
    /// <summary>What <see cref="Learning"/> prints.</summary>
    public const string Learned = "learned";

    /// <summary>Trains a module with a compiled step, through libtorch: products of matrices are not vector code.</summary>
    public const string Learning = """
        using Brachy;
        using Brachy.NN;
        using Brachy.Optim;

        using var rng = Rng.Scope(seed: 0);
        var x = Rng.Normal([16, 8]);
        var (model, config) = new Net(8);
        var (opt, optConfig) = new AdamW(model, lr: 1e-2);
        var losses = new List<double>();
        for (var i = 0; i < 50; i++)
        {
            (opt, model, var loss) = Training.StepJit(opt, optConfig, model, config, x, F.ones([16, 1]));
            losses.Add((double)loss);
        }

        Console.WriteLine(losses[^1] < 0.5 * losses[0] ? "learned" : $"{losses[0]} became {losses[^1]}");

        [Module]
        public partial class Net
        {
            public partial Linear Hidden { get; set; }
            public partial Linear Output { get; set; }
            [Static] public partial double Slope { get; set; }

            public Net(int inputs)
            {
                Hidden = new(inputs, 32);
                Output = new(32, 1);
                Slope = 0.125;
            }

            public Tensor Forward(Tensor x) => Output.Call(F.leaky_relu(Hidden.Call(x), Slope));
        }

        [Tree]
        public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

        public static partial class Training
        {
            [Jit]
            static StepResult Step([Donate] StructureTree opt, GlobalConfig optConfig,
                [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
            {
                (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m =>
                {
                    (m, var guess) = Net.Apply(m, config, x);
                    return (m, F.mean((guess - y) * (guess - y)));
                });
                return new(opt, model, loss);
            }
        }
        """;

    /// <summary><see cref="Learning"/>, with Brachy's reports written to the console.</summary>
    public static string LearningWithLogs { get; } = "using Brachy.Extensions.Logging;\nusing Microsoft.Extensions.Logging;\n"
        + Learning.Replace("using var rng", """
            using var loggers = LoggerFactory.Create(logs => logs.AddSimpleConsole(options => options.SingleLine = true));
            using var subscription = loggers.LogBrachy();
            using var rng
            """, StringComparison.Ordinal);

    /// <summary>The packages of others that <see cref="LearningWithLogs"/> needs.</summary>
    public const string LoggingPackages = """<PackageReference Include="Microsoft.Extensions.Logging.Console" Version="10.0.0" />""";

    /// <summary>What <see cref="LearningWithLogs"/> writes first.</summary>
    public const string Logged = "info: Brachy.Jit[1] Traced and compiled Training.Step (number 1): first call";

    /// <summary>A source of the repository, asking for the version under test.</summary>
    public static string OfRepository(string path) =>
        File.ReadAllText(Path.Combine(Machine.RepositoryRoot, path)).Replace("@0.1.0", "@VERSION", StringComparison.Ordinal);
}
