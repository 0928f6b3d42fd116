using System.Diagnostics;
using Brachy.Optim;
using ResNet;
using TorchSharp;

namespace Brachy.Benchmarks;

/// <summary>
/// Training steps of ResNet-18 on 32 images of 32×32: jitted (which also normalises the images), and in eager TorchSharp.
/// </summary>
internal static class ResNetSteps
{
    private const int Batch = 32;
    private const long SampleWidth = 8;

    public static Measurement Training(string id, int blocks, double bound)
    {
        var (eager, jitted) = Interleaved.Medians(Eager(), Jitted(), blocks, blockSize: 1);
        return Measurement.AtLeast(
            id, eager / jitted, bound, FormattableString.Invariant($"batch {Batch}, SGD: TorchSharp {eager:F0} ms, jitted {jitted:F0} ms"));
    }

    /// <summary>
    /// Scores of images by a network that is evaluated: with weights frozen as constants, and in eval and inference mode of TorchSharp.
    /// </summary>
    public static Measurement Inference(string id, int batch, int blocks, double bound)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = Architecture.Named("resnet18").Build();
        var evaluated = config.With("train_mode", false);
        var images = Rng.Normal([batch, 3, 32, 32]);
        var jitted = Jit.Compile((Tensor x) => model.Apply(evaluated, x).Output);
        var eager = new TorchSharpResNet(Architecture.Named("resnet18"));
        eager.eval();
        var (theirs, ours) = Interleaved.Medians(Eager, () => jitted.Invoke(images).Dispose(), blocks, blockSize: 5);
        return Measurement.AtLeast(
            id, theirs / ours, bound, FormattableString.Invariant($"batch {batch}: TorchSharp {theirs:F1} ms, jitted {ours:F1} ms"));

        void Eager()
        {
            using var scope = torch.NewDisposeScope();
            using var inference = torch.inference_mode();
            eager.call(images.AsTorch());
        }
    }

    public static Measurement FirstStep(string id, double bound)
    {
        // Other rows may have compiled it.
        TrainingSteps.StepJitFunction.ClearCache();
        var step = Jitted();
        var (first, warm) = (Seconds(step), Enumerable.Range(0, 5).Select(_ => Seconds(step)).Min());
        return Measurement.Under(id, first - warm, bound, FormattableString.Invariant($"first {first:F2} s, warm {warm:F2} s"));
    }

    public static Measurement Floor(string id, int blocks) =>
        FloorShare.Measure(id, Jitted(), () => TrainingSteps.StepJitFunction.Graph!, blocks);

    /// <summary>The step of the sample as it runs by default, with 8 to 64 channels, beside busy processes and alone.</summary>
    public static Measurement Busy(string id, int steps, double bound) => BusyMachine.Slowdown(id, Jitted(SampleWidth), steps, bound);

    /// <summary>A jitted step that keeps its own state.</summary>
    /// <param name="width">The channels of the first stage.</param>
    public static Action Jitted(long width = 64)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = Architecture.Named("resnet18").Build(width: width);
        var (opt, optConfig) = new SGD(model, 0.01, momentum: 0.9, weightDecay: 5e-4);
        var images = Rng.RandInt(0, 256, [Batch, 3, 32, 32]).to(DType.UInt8);
        var labels = Rng.RandInt(0, 10, [Batch]);
        var normalisation = F.full([2, 3, 1, 1], 0.5);
        return () =>
        {
            (opt, model, var loss, var correct) = TrainingSteps.StepJit(opt, optConfig, model, config, images, labels, normalisation);
            loss.Dispose();
            correct.Dispose();
        };
    }

    /// <summary>The same in TorchSharp.</summary>
    public static Action Eager()
    {
        using var rng = Rng.Scope(0);
        var training = new TorchSharpTraining(new TorchSharpResNet(Architecture.Named("resnet18")), 0.01);
        var images = Rng.Normal([Batch, 3, 32, 32]).AsTorch();
        var labels = Rng.RandInt(0, 10, [Batch]).AsTorch();
        return () => training.Step(images, labels);
    }

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }
}
