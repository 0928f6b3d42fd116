using System.Diagnostics;
using System.Globalization;
using Brachy;
using Brachy.Optim;
using Quickstart.Data;
using Spectre.Console;
using TorchSharp;

namespace Quickstart;

/// <summary>Times one training step three ways: jitted, the same step eagerly, and idiomatic TorchSharp.</summary>
internal static class StepComparison
{
    private const int Rounds = 30;

    public static Table Run(DigitSet digits, QuickstartOptions options)
    {
        using var rng = Rng.Scope(options.Seed);
        var (images, labels) = DigitTensors.Of(digits);
        var (x, y) = (F.clone(images.narrow(0, 0, options.BatchSize)), F.clone(labels.narrow(0, 0, options.BatchSize)));
        var jitted = BrachyStep(options, x, y, jit: true);
        var eager = BrachyStep(options, x, y, jit: false);
        var torchSharp = TorchSharpStep(options, x.AsTorch(), y.AsTorch());

        // Interleaved, so that noise from elsewhere on the machine hits all three.
        var times = new[] { new List<double>(), new List<double>(), new List<double>() };
        for (var round = -3; round < Rounds; round++)
        {
            foreach (var (step, into) in new[] { (jitted, times[0]), (eager, times[1]), (torchSharp, times[2]) })
            {
                var clock = Stopwatch.StartNew();
                step();
                if (round >= 0)
                {
                    into.Add(clock.Elapsed.TotalMilliseconds);
                }
            }
        }

        var medians = Array.ConvertAll(times, Median);
        var table = new Table().AddColumns("training step", "ms", "÷ jitted");
        table.AddRow("jitted", Format(medians[0]), Format(1));
        table.AddRow("the same, eager", Format(medians[1]), Format(medians[1] / medians[0]));
        table.AddRow("TorchSharp nn.Module + torch.optim.AdamW", Format(medians[2]), Format(medians[2] / medians[0]));
        return table;
    }

    private static Action BrachyStep(QuickstartOptions options, Tensor x, Tensor y, bool jit)
    {
        var (model, config) = new Classifier(DigitSet.Pixels, options.HiddenSize, DigitSet.Classes);
        var (opt, optConfig) = new AdamW(model, options.LearningRate);
        return () =>
        {
            using var eager = jit ? null : Jit.Disable();
            (opt, model, var loss, var accuracy) = Training.StepJit(opt, optConfig, model, config, x, y);
            loss.Dispose();
            accuracy.Dispose();
        };
    }

    private static Action TorchSharpStep(QuickstartOptions options, torch.Tensor x, torch.Tensor y)
    {
        var model = new TorchSharpClassifier(DigitSet.Pixels, options.HiddenSize, DigitSet.Classes);
        var optimizer = torch.optim.AdamW(model.parameters(), options.LearningRate);
        return () =>
        {
            using var scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            var logits = model.call(x);
            var loss = torch.nn.functional.cross_entropy(logits, y);
            loss.backward();
            optimizer.step();
            logits.argmax(-1).eq(y).to(torch.float32).mean();
        };
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static string Format(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
