using Brachy.IO.Onnx;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Ops;
using Microsoft.ML.OnnxRuntime;

namespace Brachy.Tests.Sizes;

/// <summary>Rows of <see cref="OpSamples"/> written for any size, and run by ONNX Runtime for sizes 0, 1 and 4.</summary>
public class OnnxSizeTests
{
    // The gradient of an LSTM layer is never given empty operands, which oneDNN's kernel does not survive.
    private static readonly ILookup<string, OpSample> s_rows = VaryingRow.Rows(sample =>
        sample.Primitive != F.LstmLayerBackward && OnnxRules.Covers(sample.Primitive) && !OnnxGaps.Rows.ContainsKey(sample.ToString()));

    public static TheoryData<string> Primitives => [.. s_rows.Select(rows => rows.Key)];

    [Theory]
    [MemberData(nameof(Primitives))]
    public void RuntimeComputesWhatTheKernelComputesForAnySize(string primitive)
    {
        var wrong = s_rows[primitive].SelectMany(sample => VaryingRow.Of(sample).SelectMany(row => Check(sample, row))).ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> Check(OpSample sample, VaryingRow row)
    {
        byte[] file;
        try
        {
            file = OnnxRun.Write(row.Function, new() { Varying = row.Varying });
        }
        catch (Exception error) when (error is VaryingSizeException or NotSupportedException)
        {
            // The settings, or what the op is, are for this size alone.
            yield break;
        }

        InferenceSession session;
        try
        {
            session = OnnxRun.Session(file);
        }
        catch (OnnxRuntimeException error) when (OnnxRuleTests.IsWithoutKernel(error))
        {
            yield break;
        }

        using var _ = session;
        foreach (var size in new[] { 0, 1, 4 })
        {
            if (Check(sample, row, session, size) is { } wrong && !OnnxGaps.Sizes.ContainsKey($"{sample} at {size}"))
            {
                yield return $"{sample} at {size} ({row}): {wrong}";
            }
        }
    }

    private static string? Check(OpSample sample, VaryingRow row, InferenceSession session, int size)
    {
        var operands = row.At(size);
        var expected = row.Expected(operands);
        Tensor[] actual;
        try
        {
            actual = OnnxRun.Run(session, VaryingRow.Tensors(operands));
        }
        catch (OnnxRuntimeException error)
        {
            // Gradients that leave out a sum over one element are other programs for it; so are diagonals that are cut short.
            return expected is null || error.Message.Contains("is not served", StringComparison.Ordinal) ? null : error.Message;
        }

        return expected is null ? "the kernel refuses this size, and the file runs"
            : expected.Zip(actual, (own, other) => Close.Difference(own, other, sample.RoundingFactor * OnnxRuleTests.Rounding(own.dtype)))
                .FirstOrDefault(difference => difference is not null);
    }
}
