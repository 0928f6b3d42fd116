using Brachy;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Optim;
using Brachy.Tests.Shared;

namespace ResNet.Tests;

/// <summary>Every pass keeps the results of compiled networks equal to those of the interpreter without any pass.</summary>
public class PassTests
{
    private static readonly Dictionary<string, Lazy<Network>> s_networks = new[]
    {
        ("basic blocks, float32", new Architecture("basic", BlockKind.Basic, [1, 1, 1, 1]), DType.Float32),
        ("basic blocks, float64", new Architecture("basic", BlockKind.Basic, [1, 1, 1, 1]), DType.Float64),
        ("bottlenecks, float32", new Architecture("bottleneck", BlockKind.Bottleneck, [1, 1, 1, 1]), DType.Float32),
        ("pre-activation, float32", new Architecture("preact", BlockKind.PreAct, [1, 1, 1, 1]), DType.Float32),
        ("resnet18, float64", Architecture.Named("resnet18"), DType.Float64),
    }.ToDictionary(row => row.Item1, row => new Lazy<Network>(() => new Network(row.Item2, row.Item3)));

    /// <summary>Basic blocks in every way, the other networks with every pass. Some passes leave float64 alone.</summary>
    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var name in s_networks.Keys)
            {
                foreach (var variant in name == "basic blocks, float32" ? PassVariants.All
                    : name == "basic blocks, float64" ? PassVariants.Alone
                    : [PassVariants.EveryPass])
                {
                    rows.Add(name, variant);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void TrainingStepsAreThoseOfTheInterpreter(string name, string variant)
    {
        var network = s_networks[name].Value;
        var actual = PassVariants.Run(variant, () => network.Step(Backend.TorchScript));
        PassVariants.AssertClose(Network.Tensors(network.Expected), Network.Tensors(actual), network.Tolerance);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void FrozenNetworksGiveTheInterpretersScores(string name, string variant)
    {
        var network = s_networks[name].Value;
        foreach (var (batch, expected) in network.ExpectedScores)
        {
            var actual = PassVariants.Run(variant, () => network.Scores(batch, Backend.TorchScript));
            PassVariants.AssertClose([($"scores of {batch}", expected)], [($"scores of {batch}", actual)], network.Tolerance);
        }
    }

    /// <summary>
    /// A small network that has learned for two steps, so that its momenta and running statistics are not those of a new one.
    /// </summary>
    private sealed class Network
    {
        private readonly StructureTree _opt;
        private readonly StructureTree _model;
        private readonly GlobalConfig _optConfig;
        private readonly GlobalConfig _config;
        private readonly Tensor _normalisation;
        private readonly Tensor _images;
        private readonly Tensor _labels = Tensor.FromArray([1L, 0, 2, 1], [4]);

        public Network(Architecture architecture, DType dtype)
        {
            using var rng = Rng.Scope(7);
            Tolerance = dtype == DType.Float64 ? 1e-11 : 1e-3;
            (_model, _config) = architecture.Build(classes: 3, width: 8);
            _model = dtype == DType.Float32
                ? _model.MapParamsBuffers((path, tensor) => AwayFromZero(architecture.Block, path, tensor))
                : _model.MapParamsBuffers((_, tensor) => tensor.dtype == DType.Float32 ? tensor.to(dtype) : tensor);
            (_opt, _optConfig) = new SGD(_model, lr: 0.05, momentum: 0.9, weightDecay: 5e-4);
            _normalisation = Tensor.FromArray([0.5f, 0.45f, 0.4f, 0.2f, 0.25f, 0.3f], [2, 3, 1, 1]).to(dtype);
            var pixels = new byte[4 * 3072];
            new Random(3).NextBytes(pixels);
            _images = Tensor.FromArray(pixels, [4, 3, 32, 32]);
            var step = Compile(Backend.Interpreter);
            (_opt, _model, _, _) = PassVariants.RunPlain(() => Call(step));
            (_opt, _model, _, _) = Call(step);
            Expected = Call(step);
            ExpectedScores = [.. new[] { 1, 4 }.Select(batch => (batch, PassVariants.RunPlain(() => Scores(batch, Backend.Interpreter))))];
        }

        public double Tolerance { get; }

        public StepResult Expected { get; }

        public IReadOnlyList<(int Batch, Tensor Scores)> ExpectedScores { get; }

        public static IEnumerable<(string Path, Tensor Tensor)> Tensors(StepResult result) =>
            [.. result.Model.Tensors(), .. result.Opt.Tensors(), ("loss", result.Loss), ("correct", result.Correct)];

        /// <summary>The third step.</summary>
        public StepResult Step(Backend backend)
        {
            var step = Compile(backend);
            var result = Call(step);
            step.ClearCache();
            return result;
        }

        /// <summary>The scores of the first images; the weights are constants of the graph.</summary>
        public Tensor Scores(int batch, Backend backend)
        {
            var frozen = Jit.Compile(
                (Tensor images) => _model.Apply(_config.With("train_mode", false), images).Output, backend: backend);
            var scores = frozen.Invoke(F.narrow(_images, 0, 0, batch).to(_normalisation.dtype) / 255);
            frozen.ClearCache();
            return scores;
        }

        /// <summary>
        /// Weights of norms that keep what a relu gets away from zero, half of the channels above it: in float32, among 100,000 values some
        /// are so close to zero that rounding decides their sign, and with it whether they have a gradient.
        /// </summary>
        private static Tensor AwayFromZero(BlockKind kind, string path, Tensor tensor)
        {
            if (tensor.ndim != 1 || path.Contains("running", StringComparison.Ordinal)
                || path.StartsWith("linear", StringComparison.Ordinal))
            {
                return tensor;
            }

            if (path.EndsWith("weight", StringComparison.Ordinal))
            {
                return tensor * 0.1;
            }

            // A branch ends with a norm whose result is added to zero, one, or the result of the shortcut's norm.
            var isLast = path.StartsWith("layer", StringComparison.Ordinal) && path.EndsWith(
                kind switch { BlockKind.Basic => "bn2.bias", BlockKind.Bottleneck => "bn3.bias", _ => "none" }, StringComparison.Ordinal);
            var size = path.Contains("shortcut", StringComparison.Ordinal) ? 0 : isLast ? 2f : 1f;
            return Tensor.FromArray([.. Enumerable.Range(0, (int)tensor.shape[0]).Select(i => i % 2 == 0 ? size : -size)], tensor.shape);
        }

        private static JitFunction<Arguments<StructureTree, GlobalConfig, StructureTree, GlobalConfig, Tensor, Tensor, Tensor>,
            StepResult> Compile(Backend backend) =>
            Jit.Compile<StructureTree, GlobalConfig, StructureTree, GlobalConfig, Tensor, Tensor, Tensor, StepResult>(
                TrainingSteps.Step, donate: [0, 2], backend);

        private StepResult Call(
            JitFunction<Arguments<StructureTree, GlobalConfig, StructureTree, GlobalConfig, Tensor, Tensor, Tensor>, StepResult> step) =>
            step.Invoke(PassVariants.Copy(_opt), _optConfig, PassVariants.Copy(_model), _config, _images, _labels, _normalisation);
    }
}
