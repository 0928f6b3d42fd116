using Brachy;
using Brachy.IO;
using Brachy.Optim;
using TorchSharp;

namespace LanguageModel.Tests;

/// <summary>The compiled network beside the same one in eager TorchSharp, from the same weights.</summary>
public class TorchSharpComparisonTests
{
    [Fact]
    public void LossCurvesAgreeFor20Steps()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(3);
        var (model, config) = new StackedAttention(Networks.Small);
        var (opt, optConfig) = new AdamW(model, lr: 3e-3, beta1: 0.9, beta2: 0.98, weightDecay: 0.1);
        using var twin = Twin(model);
        using var training = new TorchSharpTraining(twin, 3e-3, 0.9, 0.98, 0.1);
        var losses = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var rows = Networks.Rows(i % 3);
            (opt, model, var loss, _) = TrainingSteps.StepJit(opt, optConfig, model, config, rows);
            losses.Add((double)loss);
            Assert.Equal(training.Step(rows.AsTorch()), losses[^1], 1e-3);
        }

        Assert.True(losses[^1] < 0.9 * losses[0], $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void GreedyTextsAreTheSame()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(5);
        var (model, config) = new StackedAttention(Networks.Small);
        using var twin = Twin(model);
        var greedy = new SamplingSettings(Temperature: 0);
        using var eager = new TorchSharpGeneration(twin, greedy);
        var step = CachedGeneration.PrefillJit(
            model, config, Tensor.FromArray([4L, 7L, 2L, 0L], [4]), Tensor.FromArray([3L], [1]), Rng.Seed(0).Tensor, greedy);
        var token = eager.Start([4, 7, 2]);
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(token, (long)step.Token);
            step = CachedGeneration.NextJit(model, config, step.Token, step.Cache, Rng.Seed(0).Tensor, greedy);
            token = eager.Next(token);
        }
    }

    private static TorchSharpLanguageModel Twin(StructureTree model)
    {
        var twin = new TorchSharpLanguageModel(Networks.Small);
        Assert.True(Export.ToTorch(model, twin, rename: TorchSharpLanguageModel.PathInTree).IsComplete);
        return twin;
    }
}
