using Brachy.IO.TorchScript;
using Brachy.IO.Tracing;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Ops;
using Brachy.Tests.Shared;
using Brachy.Tests.TorchScript;

namespace Brachy.Tests.Sizes;

/// <summary>Rows of <see cref="OpSamples"/> as programs for any size, loaded by libtorch and run for sizes 0, 1 and 4.</summary>
public class TorchScriptSizeTests
{
    // Kernels of gradients are given operands that belong together, and do not survive others; settings of resizing are of one size.
    private static readonly ILookup<string, OpSample> s_rows = VaryingRow.Rows(sample =>
        sample.Primitive != F.LstmLayer && sample.Primitive != F.Upsample
        && !sample.Primitive.Name.EndsWith("_backward", StringComparison.Ordinal));

    /// <summary>libtorch has no kernels for these where nothing is there to normalize: programs fail.</summary>
    private static readonly string[] s_refusedAtZero = [F.BatchNorm.Name, F.RmsNorm.Name];

    public static TheoryData<string> Primitives => [.. s_rows.Select(rows => rows.Key)];

    [Theory]
    [MemberData(nameof(Primitives))]
    public void TheProgramComputesWhatTheKernelComputesForAnySize(string primitive)
    {
        using var folder = new TemporaryFolder();
        var wrong = s_rows[primitive]
            .SelectMany(sample => VaryingRow.Of(sample).SelectMany(row => Check(sample, row, folder["op.pt"]))).ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> Check(OpSample sample, VaryingRow row, string file)
    {
        try
        {
            using var stream = File.Create(file);
            new TorchScriptProgram(TracedProgram.Trace(row.Function, row.Varying, foldWeights: false), null).Write(stream);
        }
        catch (VaryingSizeException)
        {
            // The settings, or what the op is, are for this size alone.
            yield break;
        }

        using var program = new LoadedProgram(file);
        foreach (var size in new[] { 0, 1, 4 })
        {
            var wrong = Check(sample, row, program, size);
            if (wrong is not null && (size > 0 || !s_refusedAtZero.Contains(sample.Primitive.Name)))
            {
                yield return $"{sample} at {size} ({row}): {wrong}";
            }
        }
    }

    private static string? Check(OpSample sample, VaryingRow row, LoadedProgram program, int size)
    {
        var operands = row.At(size);
        var expected = row.Expected(operands);
        Tensor[] actual;
        try
        {
            actual = program.Run(VaryingRow.Tensors(operands));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return expected is null || error.Message.Contains("is not served", StringComparison.Ordinal) ? null : error.Message;
        }

        return expected is null ? "the kernel refuses this size, and the program runs"
            : expected.Zip(actual, (own, other) => Close.Difference(own, other, sample.RoundingFactor * OnnxRuleTests.Rounding(own.dtype)))
                .FirstOrDefault(difference => difference is not null);
    }
}
