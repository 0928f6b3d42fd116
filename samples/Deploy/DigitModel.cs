using Brachy;
using Brachy.Data;
using Brachy.Optim;
using Quickstart;
using Quickstart.Data;

namespace Deploy;

/// <summary>Trains the quickstart's classifier.</summary>
internal static class DigitModel
{
    private const int Batch = 32;
    private const int Hidden = 128;

    /// <summary>Images and labels as tensors.</summary>
    public static (Tensor Images, Tensor Labels) Data(int count, int seed, DigitSplit split)
    {
        var digits = SyntheticDigits.Render(count, seed, split);
        return (
            Tensor.FromArray(digits.Images, [count, DigitSet.Pixels]),
            Tensor.FromArray(Array.ConvertAll(digits.Labels, label => (long)label), [count]));
    }

    /// <summary>A trained model, with settings for evaluation.</summary>
    /// <param name="options">How long.</param>
    /// <param name="onStep">Is told the loss of each step.</param>
    public static (StructureTree Model, GlobalConfig Config) Train(ExportOptions options, Action<double> onStep)
    {
        using var rng = Rng.Scope(options.Seed);
        var (model, config) = new Classifier(DigitSet.Pixels, Hidden, DigitSet.Classes);
        var (opt, optConfig) = new AdamW(model, lr: 1e-3);
        using var batches = Batches.OfTensors(
            Data(options.Images, options.Seed, DigitSplit.Train), new() { Size = Batch, Key = Rng.Seed(options.Seed), DropLast = true });
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            foreach (var (images, labels) in batches.Epoch())
            {
                using var scope = TensorScope.Begin();
                (opt, model, var loss, _) = Training.StepJit(opt, optConfig, model, config, images, labels);
                onStep((double)loss);
            }
        }

        return (model, config.With("train_mode", false));
    }

    /// <summary>The steps of a training.</summary>
    public static int Steps(ExportOptions options) => options.Epochs * (options.Images / Batch);
}
