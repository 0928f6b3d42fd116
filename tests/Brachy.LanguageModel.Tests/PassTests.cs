using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Shared;
using Brachy;

namespace LanguageModel.Tests;

/// <summary>Every pass keeps the results of the compiled model equal to those of the interpreter without any pass.</summary>
public class PassTests
{
    private static readonly Dictionary<DType, Lazy<Network>> s_networks =
        new[] { DType.Float32, DType.Float64 }.ToDictionary(dtype => dtype, dtype => new Lazy<Network>(() => new Network(dtype)));

    public static TheoryData<DType, string> Rows
    {
        get
        {
            var rows = new TheoryData<DType, string>();
            foreach (var dtype in s_networks.Keys)
            {
                foreach (var variant in dtype == DType.Float32 ? PassVariants.LeftOut : PassVariants.Alone)
                {
                    rows.Add(dtype, variant);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void TrainingStepsAreThoseOfTheInterpreter(DType dtype, string variant)
    {
        var network = s_networks[dtype].Value;
        var actual = PassVariants.Run(variant, () => network.Step(Backend.TorchScript));
        PassVariants.AssertClose(Network.Tensors(network.ExpectedStep), Network.Tensors(actual), network.Tolerance);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void GenerationWithWeightsAsArgumentsIsThatOfTheInterpreter(DType dtype, string variant)
    {
        var network = s_networks[dtype].Value;
        var actual = PassVariants.Run(variant, () => network.Generate(Backend.TorchScript));
        PassVariants.AssertClose(Network.Tensors(network.ExpectedTexts), Network.Tensors(actual), network.Tolerance);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void GenerationWithWeightsAsConstantsIsThatOfTheInterpreter(DType dtype, string variant)
    {
        var network = s_networks[dtype].Value;
        var actual = PassVariants.Run(variant, () => network.GenerateFrozen(Backend.TorchScript));
        PassVariants.AssertClose(Network.Tensors(network.ExpectedTexts), Network.Tensors(actual), network.Tolerance);
    }

    /// <summary>A small model that has learned for two steps, so that its moments are not those of a new one.</summary>
    private sealed class Network
    {
        private static readonly ModelSettings s_settings = new(
            NumLayers: 2, EmbedDim: 32, NumHeads: 4, MaxInputLength: Networks.Small.MaxInputLength, Networks.Small.VocabSize);
        private static readonly SamplingSettings s_sampling = new(Temperature: 0.8, TopK: 9);

        private readonly StructureTree _opt;
        private readonly StructureTree _model;
        private readonly GlobalConfig _optConfig;
        private readonly GlobalConfig _config;
        private readonly Tensor _rows = Networks.Rows(1);
        private readonly Tensor _prompt = Tensor.FromArray([4L, 7, 2, 11, 0, 0], [6]);
        private readonly Tensor _count = Tensor.FromArray([4L], [1]);
        private readonly Tensor _key = Rng.Seed(5).Tensor;

        public Network(DType dtype)
        {
            using var rng = Rng.Scope(3);
            Tolerance = dtype == DType.Float64 ? 1e-11 : 1e-4;
            (_model, _config) = new StackedAttention(s_settings);
            _model = _model.MapParamsBuffers((_, tensor) => tensor.dtype == DType.Float32 ? tensor.to(dtype) : tensor);

            // With the usual eps, gradients that are nothing but rounding errors, as those of a key's bias, would move their params.
            (_opt, _optConfig) = new AdamW(_model, lr: 1e-2, beta1: 0.9, beta2: 0.98, eps: 1e-4, weightDecay: 0.1);
            var step = CompileStep(Backend.Interpreter);
            (_opt, _model, _, _) = PassVariants.RunPlain(() => Call(step));
            (_opt, _model, _, _) = Call(step);
            ExpectedStep = Call(step);
            ExpectedTexts = PassVariants.RunPlain(() => Generate(Backend.Interpreter));
        }

        public double Tolerance { get; }

        public StepResult ExpectedStep { get; }

        public Generated[] ExpectedTexts { get; }

        public static IEnumerable<(string Path, Tensor Tensor)> Tensors(StepResult result) =>
            [.. result.Model.Tensors(), .. result.Opt.Tensors(), ("loss", result.Loss), ("correct", result.Correct)];

        public static IEnumerable<(string Path, Tensor Tensor)> Tensors(Generated[] texts) => texts.SelectMany((text, i) => new[]
        {
            ($"token {i}", text.Token),
            ($"position {i}", text.Cache.Lengths),
            ($"logits {i}", text.Logits),
        }.Concat(text.Cache.Keys.Concat(text.Cache.Values).Select((layer, k) => ($"layer {k} of cache {i}", layer))));

        /// <summary>The third step.</summary>
        public StepResult Step(Backend backend)
        {
            var step = CompileStep(backend);
            var result = Call(step);
            step.ClearCache();
            return result;
        }

        /// <summary>A prompt is read, two tokens after it, and three in a loop.</summary>
        public Generated[] Generate(Backend backend)
        {
            var prefill = Jit.Compile(
                (StructureTree model, Tensor prompt, Tensor count) =>
                    CachedGeneration.Prefill(model, _config, prompt, count, _key, s_sampling), backend: backend);
            var next = Jit.Compile(
                (StructureTree model, Tensor token, KeyValueCache cache) =>
                    CachedGeneration.Next(model, _config, token, cache, _key, s_sampling),
                donate: [2],
                backend);
            var loop = Jit.Compile(
                (StructureTree model, Tensor token, KeyValueCache cache) => Written(model, token, cache), donate: [2], backend);
            var texts = Texts(
                prefill.Invoke(_model, _prompt, _count), text => next.Invoke(_model, text.Token, Copy(text.Cache)),
                text => loop.Invoke(_model, text.Token, Copy(text.Cache)));
            loop.ClearCache();
            prefill.ClearCache();
            next.ClearCache();
            return texts;
        }

        /// <summary>The same from graphs that hold the weights.</summary>
        public Generated[] GenerateFrozen(Backend backend)
        {
            var prefill = Jit.Compile(
                (Tensor prompt, Tensor count) => CachedGeneration.Prefill(_model, _config, prompt, count, _key, s_sampling),
                backend: backend);
            var next = Jit.Compile(
                (Tensor token, KeyValueCache cache) =>
                    CachedGeneration.Next(_model, _config, token, cache, _key, s_sampling), donate: [1], backend);
            var loop = Jit.Compile((Tensor token, KeyValueCache cache) => Written(_model, token, cache), donate: [1], backend);
            var texts = Texts(
                prefill.Invoke(_prompt, _count), text => next.Invoke(text.Token, Copy(text.Cache)),
                text => loop.Invoke(text.Token, Copy(text.Cache)));
            loop.ClearCache();
            prefill.ClearCache();
            next.ClearCache();
            return texts;
        }

        private static Generated[] Texts(Generated first, Func<Generated, Generated> next, Func<Generated, Generated> loop)
        {
            var second = next(first);
            return [first, second, next(second), loop(second)];
        }

        private Generated Written(StructureTree model, Tensor token, KeyValueCache cache)
        {
            var text = CachedGeneration.Continue(
                model, _config, token, cache, F.full([], 3, DType.Int64), _key, endOfText: -1, s_sampling);
            return new Generated(text.Token, text.Tokens, text.Cache);
        }

        private static KeyValueCache Copy(KeyValueCache cache) =>
            new([.. cache.Keys.Select(F.clone)], [.. cache.Values.Select(F.clone)], cache.Lengths.clone());

        private static JitFunction<Arguments<StructureTree, GlobalConfig, StructureTree, GlobalConfig, Tensor>, StepResult> CompileStep(
            Backend backend) =>
            Jit.Compile<StructureTree, GlobalConfig, StructureTree, GlobalConfig, Tensor, StepResult>(
                TrainingSteps.Step, donate: [0, 2], backend);

        private StepResult Call(
            JitFunction<Arguments<StructureTree, GlobalConfig, StructureTree, GlobalConfig, Tensor>, StepResult> step) =>
            step.Invoke(PassVariants.Copy(_opt), _optConfig, PassVariants.Copy(_model), _config, _rows);
    }
}
