using Brachy.Native;
using Brachy.Optim;
using TorchSharp;

namespace Brachy.Benchmarks;

/// <summary>An AdamW training step of a perceptron: jitted, and idiomatic TorchSharp.</summary>
internal static partial class TrainingStep
{
    public static Measurement Measure(string id, int[] sizes, int batch, int blocks, double bound)
    {
        using var rng = Rng.Scope(0);
        var x = Rng.Normal([batch, sizes[0]]);
        var y = Rng.RandInt(0, sizes[^1], [batch]);
        var (eager, jitted) = Interleaved.Medians(TorchSharpStep(sizes, x.AsTorch(), y.AsTorch()), JittedStep(sizes, x, y), blocks);
        return Measurement.AtLeast(
            id, eager / jitted, bound, FormattableString.Invariant($"TorchSharp {eager * 1000:F0} µs, jitted {jitted * 1000:F0} µs"));
    }

    public static Measurement CountNativeCalls(string id)
    {
        using var rng = Rng.Scope(0);
        var step = JittedStep([64, 64, 64, 10], Rng.Normal([32, 64]), Rng.RandInt(0, 10, [32]));
        step();
        var before = NativeCalls.OfThisThread;
        step();
        return Measurement.AtMost(id, NativeCalls.OfThisThread - before, 1, "kernels and compiled functions called by one step");
    }

    /// <summary>A step that keeps its own state.</summary>
    public static Action JittedStep(int[] sizes, Tensor x, Tensor y)
    {
        var (model, config) = new Mlp(sizes);
        var (opt, optConfig) = new AdamW(model);
        return () =>
        {
            (opt, model, var loss) = StepJit(opt, optConfig, model, config, x, y);
            loss.Dispose();
        };
    }

    /// <summary>The same network as <see cref="Mlp"/> in TorchSharp.</summary>
    public static torch.nn.Module<torch.Tensor, torch.Tensor> TorchSharpMlp(int[] sizes)
    {
        var layers = new List<torch.nn.Module<torch.Tensor, torch.Tensor>>();
        for (var i = 0; i + 1 < sizes.Length; i++)
        {
            if (i > 0)
            {
                layers.Add(torch.nn.ReLU());
            }

            layers.Add(torch.nn.Linear(sizes[i], sizes[i + 1]));
        }

        return torch.nn.Sequential(layers);
    }

    private static Action TorchSharpStep(int[] sizes, torch.Tensor x, torch.Tensor y)
    {
        var model = TorchSharpMlp(sizes);
        var optimizer = torch.optim.AdamW(model.parameters());
        return () =>
        {
            using var scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            torch.nn.functional.cross_entropy(model.call(x), y).backward();
            optimizer.step();
        };
    }

    [Jit]
    private static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y) =>
        Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var logits) = Mlp.Apply(current, config, x);
            return (current, F.softmax_cross_entropy(logits, y));
        });
}
