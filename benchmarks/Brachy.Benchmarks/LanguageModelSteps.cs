using Brachy.Optim;
using LanguageModel;

namespace Brachy.Benchmarks;

/// <summary>Training and generation of a language model of 4 layers of size 256: jitted, and in eager TorchSharp.</summary>
internal static class LanguageModelSteps
{
    private static readonly ModelSettings s_settings = new(NumLayers: 4, EmbedDim: 256, NumHeads: 8, MaxInputLength: 128, VocabSize: 1024);

    public static Measurement Training(string id, int blocks, double bound)
    {
        var (eager, jitted) = Interleaved.Medians(Eager(), Jitted(), blocks, blockSize: 1);
        return Measurement.AtLeast(id, eager / jitted, bound, FormattableString.Invariant(
            $"batch 16 of 128, AdamW: TorchSharp {eager:F0} ms, jitted {jitted:F0} ms"));
    }

    public static Measurement Generation(string id, int blocks, double bound)
    {
        var (eager, jitted) = Interleaved.Medians(EagerText(), JittedText(), blocks, blockSize: 1);
        return Measurement.AtLeast(
            id, eager / jitted, bound,
            FormattableString.Invariant($"{Tokens / eager * 1000:F0} tokens/s in TorchSharp, {Tokens / jitted * 1000:F0} jitted"));
    }

    /// <summary>What a step takes that computes the insides of blocks again, divided by one that keeps them.</summary>
    public static Measurement Rematerialized(string id, int blocks, double bound)
    {
        var (kept, again) = Interleaved.Medians(Jitted(), Jitted(isRematerialized: true), blocks, blockSize: 1);
        return Measurement.AtMost(id, again / kept, bound, FormattableString.Invariant($"kept {kept:F0} ms, computed again {again:F0} ms"));
    }

    public static Measurement Floor(string id, int blocks) =>
        FloorShare.Measure(id, Jitted(), () => TrainingSteps.StepJitFunction.Graph!, blocks);

    /// <summary>A jitted training step that keeps its own state.</summary>
    /// <param name="isRematerialized">Whether the insides of blocks are computed again for the gradient.</param>
    /// <param name="batch">The number of rows.</param>
    public static Action Jitted(bool isRematerialized = false, int batch = Batch)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new StackedAttention(s_settings with { Rematerialize = isRematerialized });
        var (opt, optConfig) = new AdamW(model);
        var rows = Rows(batch);
        return () =>
        {
            (opt, model, var loss, var correct) = TrainingSteps.StepJit(opt, optConfig, model, config, rows);
            loss.Dispose();
            correct.Dispose();
        };
    }

    /// <summary>The same in TorchSharp.</summary>
    public static Action Eager()
    {
        using var rng = Rng.Scope(0);
        var training = new TorchSharpTraining(new TorchSharpLanguageModel(s_settings), 1e-3);
        var rows = Rows().AsTorch();
        return () => training.Step(rows);
    }

    private const int Batch = 16;

    private const int Tokens = 50;

    private static readonly SamplingSettings s_sampling = new(Temperature: 0.8, TopK: 40);

    /// <summary>Both sides write the same number of tokens: nothing ends a text.</summary>
    private const int NoToken = -1;

    private static Action JittedText()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new StackedAttention(s_settings);
        var key = Rng.Seed(1).Tensor;
        return () =>
        {
            using var scope = TensorScope.Begin();
            var start = CachedGeneration.PrefillJit(model, config, F.arange(8), F.tensor(new[] { 8L }), key, s_sampling);
            var text = CachedGeneration.ContinueJit(
                model, config, start.Token, start.Cache, F.tensor(Tokens - 1L), key, NoToken, s_sampling);
            if (text.Tokens.ToArray<long>().Length < Tokens || text.Count.item<long>() != Tokens - 1)
            {
                throw new InvalidOperationException("The text is too short.");
            }
        };
    }

    private static Action EagerText()
    {
        var generation = new TorchSharpGeneration(new TorchSharpLanguageModel(s_settings), s_sampling);
        return () =>
        {
            var token = generation.Start([0, 1, 2, 3, 4, 5, 6, 7]);
            for (var i = 1; i < Tokens; i++)
            {
                token = generation.Next(token);
            }
        };
    }

    private static Tensor Rows(int batch = Batch) => Rng.RandInt(0, s_settings.VocabSize, [batch, s_settings.MaxInputLength + 1]);
}
