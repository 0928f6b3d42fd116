using Brachy.IO;
using Brachy.Models;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace Brachy.Benchmarks;

/// <summary>
/// Features of images of 224×224 by ImageNet's ResNet-18: by ONNX Runtime from the original file, and with the file's weights jitted, or
/// frozen and run by Brachy.Inference without libtorch.
/// </summary>
internal static class OnnxRuntimeInference
{
    /// <summary>
    /// Milliseconds after which ONNX Runtime's threads sleep: after a call they look for work a million times, which takes some 50 ms, and
    /// would take a core from the other side.
    /// </summary>
    public const int SpinningOfOnnxRuntime = 150;

    private static readonly string s_file = Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");

    // The shape of the input in the file, [1, 3, 224, 224]: four messages with one number each.
    private static readonly byte[] s_shape = [10, 2, 8, 1, 10, 2, 8, 3, 10, 3, 8, 0xE0, 1, 10, 3, 8, 0xE0, 1];

    /// <summary>ONNX Runtime's time ÷ ours.</summary>
    /// <param name="id">The row.</param>
    /// <param name="batch">The number of images.</param>
    /// <param name="threads">The threads of both sides; null for what they take by themselves.</param>
    /// <param name="blocks">Blocks that are timed.</param>
    /// <param name="isFrozen">Whether Brachy.Inference runs it, or a jitted function.</param>
    public static Measurement Measure(string id, int batch, int? threads, int blocks, bool isFrozen = false)
    {
        var before = torch.get_num_threads();
        try
        {
            torch.set_num_threads(threads ?? before);
            using var options = new SessionOptions
            {
                IntraOpNumThreads = threads ?? before,
                InterOpNumThreads = 1,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, // The file has shapes for one image.
            };
            using var session = new InferenceSession(ForBatch(batch), options);
            using var rng = Rng.Scope(0);
            var (model, config) = OnnxLayers.Load(() => new Models.ResNet(ResNetBlock.Basic, [2, 2, 2, 3], classes: 0), s_file);
            var images = Rng.Uniform([batch, 3, 224, 224]) * 255 - 120;
            var jitted = Jit.Compile((Tensor x) => (Tensor)model.Apply(config, x).Output);
            var frozen = isFrozen ? FrozenRun.Of(to => Export.Frozen(to, (model, config), [images]), threads ?? before) : null;
            frozen?.Set(0, images);
            using var input = OrtValue.CreateTensorValueFromMemory(images.reshape(-1).ToArray<float>(), [batch, 3, 224, 224]);
            using var run = new RunOptions();
            var (theirs, ours) = Interleaved.Medians(
                () => session.Run(run, session.InputNames, [input], session.OutputNames).Dispose(),
                frozen is null ? () => jitted.Invoke(images).Dispose() : frozen.Run,
                blocks,
                blockSize: 6,
                pause: SpinningOfOnnxRuntime);
            var kind = isFrozen ? "frozen" : "jitted";
            return Measurement.Reported(
                id, theirs / ours, FormattableString.Invariant(
                    $"batch {batch}, {threads ?? before} threads: ONNX Runtime {theirs:F1} ms, {kind} {ours:F1} ms{frozen}"));
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    /// <summary>The file for another number of images than the one that it was written for.</summary>
    private static byte[] ForBatch(int batch)
    {
        var bytes = File.ReadAllBytes(s_file);
        var at = bytes.AsSpan().IndexOf(s_shape);
        bytes[at + 3] = checked((byte)batch);
        return bytes;
    }
}
