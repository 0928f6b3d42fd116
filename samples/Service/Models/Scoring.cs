using Brachy;
using Quickstart;
using Quickstart.Data;

namespace Service;

/// <summary>What the service computes.</summary>
public static partial class Scoring
{
    /// <summary>
    /// The probability of each digit: [batch, 10]. One version serves all sizes of batches, and all models of one structure.
    /// </summary>
    /// <param name="model">A <see cref="Classifier"/>.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="pixels">uint8 [batch, 784].</param>
    [Jit]
    public static Tensor Probabilities(StructureTree model, GlobalConfig config, [Varying("batch", Typical = 32)] Tensor pixels)
    {
        var (_, logits) = Classifier.Apply(model, config.With("train_mode", false), pixels.to(DType.Float32) / 255);
        return F.softmax(logits, -1);
    }

    /// <summary>The probabilities of some images, and nothing left behind.</summary>
    internal static float[] Of(ServedModel served, byte[] pixels)
    {
        using var scope = TensorScope.Begin();
        var images = Tensor.FromArray(pixels, [pixels.Length / DigitSet.Pixels, DigitSet.Pixels]);
        return ProbabilitiesJit(served.Model, served.Config, images).ToArray<float>();
    }

    /// <summary>Traces and compiles, so that no request does. Nothing is left to do where that was done for a model like it.</summary>
    internal static void Warmup(ServedModel served, int maxBatch)
    {
        // One row may be another program, and a size beyond all before is looked at once.
        foreach (var size in (int[])[Math.Min(2, maxBatch), maxBatch, 1])
        {
            using var scope = TensorScope.Begin();
            var pixels = F.zeros([size, DigitSet.Pixels], DType.UInt8);
            Jit.Warmup(() => ProbabilitiesJit(served.Model, served.Config, pixels));
        }
    }
}
