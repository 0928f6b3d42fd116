using Brachy.IO;
using Brachy.Models.Text;
using Microsoft.ML.OnnxRuntime;
using Samples.Shared;
using TorchSharp;

namespace Brachy.Benchmarks;

/// <summary>
/// One text by all-MiniLM-L6-v2, hidden states and pooler: by ONNX Runtime from the original file, and with the file's weights jitted, or
/// frozen and run by Brachy.Inference without libtorch.
/// </summary>
internal static class SentenceInference
{
    /// <summary>ONNX Runtime's time ÷ ours.</summary>
    /// <param name="id">The row.</param>
    /// <param name="length">The number of tokens.</param>
    /// <param name="threads">The threads of both sides; null for what they take by themselves.</param>
    /// <param name="blocks">Blocks that are timed.</param>
    /// <param name="isFrozen">Whether Brachy.Inference runs it, or a jitted function.</param>
    public static Measurement Measure(string id, int length, int? threads, int blocks, bool isFrozen = false)
    {
        var before = torch.get_num_threads();
        try
        {
            torch.set_num_threads(threads ?? before);
            using var options = new SessionOptions { IntraOpNumThreads = threads ?? before, InterOpNumThreads = 1 };
            using var session = new InferenceSession(MiniLmPackage.ReadModel(), options);
            using var stream = MiniLmPackage.OpenModel();
            var (model, config) = Bert.FromOnnx(stream, BertConfig.AllMiniLmL6V2);
            using var rng = Rng.Scope(0);
            var ids = Rng.RandInt(1000, 20_000, [1, length]);
            var mask = F.ones([1, length], DType.Int64);
            var jitted = Jit.Compile((Tensor tokens, Tensor counted) => Bert.Apply(model, config, tokens, counted).Output);
            var frozen = isFrozen
                ? FrozenRun.Of(
                    to => Export.Frozen(
                        to, (StructureTree bert, Tensor tokens, Tensor counted) => Hidden(bert, config, tokens, counted), model, ids, mask),
                    threads ?? before)
                : null;
            frozen?.Set(0, ids);
            frozen?.Set(1, mask);
            using var tokens = OrtValue.CreateTensorValueFromMemory(ids.ToArray<long>(), [1, length]);
            using var counted = OrtValue.CreateTensorValueFromMemory(mask.ToArray<long>(), [1, length]);
            using var kinds = OrtValue.CreateTensorValueFromMemory(new long[length], [1, length]);
            string[] inputs = ["input_ids", "attention_mask", "token_type_ids"];
            using var run = new RunOptions();
            var (theirs, ours) = Interleaved.Medians(
                () => session.Run(run, inputs, [tokens, counted, kinds], session.OutputNames).Dispose(),
                frozen is not null ? frozen.Run : () =>
                {
                    var output = jitted.Invoke(ids, mask);
                    output.LastHiddenState.Dispose();
                    output.PoolerOutput!.Dispose();
                },
                blocks,
                blockSize: 12,
                pause: OnnxRuntimeInference.SpinningOfOnnxRuntime);
            var kind = isFrozen ? "frozen" : "jitted";
            return Measurement.Reported(
                id, theirs / ours, FormattableString.Invariant(
                    $"{length} tokens, {threads ?? before} threads: ONNX Runtime {theirs:F2} ms, {kind} {ours:F2} ms{frozen}"));
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    private static (Tensor Hidden, Tensor Pooled) Hidden(StructureTree model, GlobalConfig config, Tensor tokens, Tensor counted)
    {
        var output = Bert.Apply(model, config, tokens, counted).Output;
        return (output.LastHiddenState, output.PoolerOutput!);
    }
}
