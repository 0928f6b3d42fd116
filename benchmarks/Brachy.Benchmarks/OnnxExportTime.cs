using System.Diagnostics;
using Brachy.IO;
using ResNet;

namespace Brachy.Benchmarks;

/// <summary>How long it takes to write ResNet-18 as ONNX, for any number of images.</summary>
internal static class OnnxExportTime
{
    public static Measurement Measure(string id, double bound)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = Architecture.Named("resnet18").Build();
        var evaluated = config.With("train_mode", false);
        var images = Rng.Normal([2, 3, 32, 32]);
        var (first, warm) = (Seconds(), Enumerable.Range(0, 3).Select(_ => Seconds()).Min());
        return Measurement.Under(id, first, bound, FormattableString.Invariant($"first {first:F2} s, warm {warm:F2} s, 45 MB of weights"));

        double Seconds()
        {
            using var stream = new MemoryStream();
            var clock = Stopwatch.StartNew();
            OnnxExport.Onnx(stream, (model, evaluated), [images], new() { Varying = [new(0, "batch")] });
            return clock.Elapsed.TotalSeconds;
        }
    }
}
