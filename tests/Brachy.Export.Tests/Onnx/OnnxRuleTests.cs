using Brachy.Extending;
using Brachy.IO.Onnx;
using Brachy.Tests.Ops;
using Microsoft.ML.OnnxRuntime;

namespace Brachy.Tests.OnnxFiles;

/// <summary>Every row of <see cref="OpSamples"/> whose primitive has a rule, run by ONNX Runtime and eagerly.</summary>
public class OnnxRuleTests
{
    private static readonly Dictionary<string, OpSample> s_rows =
        OpSamples.All.Where(sample => OnnxRules.Covers(sample.Primitive)).ToDictionary(sample => sample.ToString());

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void RuntimeComputesWhatTheKernelComputes(string row)
    {
        var known = OnnxGaps.Rows.GetValueOrDefault(row);
        var failure = Check(s_rows[row]);
        Assert.True(
            known is null ? failure is null : failure is not null || known == OnnxGaps.OnSomeProcessors,
            known is null ? $"{row}: {failure}" : $"{row} is listed as '{known}', but agrees: take it off the list.");
    }

    /// <summary>The list shrinks: whoever writes a rule takes its op off.</summary>
    [Fact]
    public void PrimitivesWithoutARuleAreListed() => Assert.Equal(
        string.Join('\n', OnnxGaps.Primitives.SelectMany(gap => gap.Primitives).Select(p => p.Name).Order(StringComparer.Ordinal)),
        string.Join('\n', Primitives.All.Where(p => !OnnxRules.Covers(p)).Select(p => p.Name).Order(StringComparer.Ordinal)));

    /// <summary>What differs; in float32 where the runtime has no kernel for float64.</summary>
    private static string? Check(OpSample sample)
    {
        var inputs = sample.Inputs();
        inputs = sample.Through?.Invoke(inputs) ?? inputs;
        try
        {
            return Compare(sample, inputs);
        }
        catch (OnnxRuntimeException error) when (IsWithoutKernel(error) && Array.Exists(inputs, x => x.dtype == DType.Float64))
        {
            Tensor[] singles = [.. inputs.Select(x => x.Number is null && x.dtype == DType.Float64 ? x.to(DType.Float32) : x)];
            try
            {
                return Compare(sample, singles);
            }
            catch (Exception again) when (again is OnnxRuntimeException or NotSupportedException or DTypeException)
            {
                return again.Message;
            }
        }
        catch (Exception error) when (error is OnnxRuntimeException or NotSupportedException)
        {
            return error.Message;
        }
    }

    private static string? Compare(OpSample sample, Tensor[] inputs)
    {
        var expected = sample.Primitive.BindUntyped(sample.Settings ?? Settings.None, inputs);
        var model = OnnxRun.Write(sample, inputs);
        var actual = OnnxRun.Run(model, [.. inputs.Where(x => x.Number is null)]);
        for (var i = 0; i < expected.Length; i++)
        {
            if (Close.Difference(expected[i], actual[i], sample.RoundingFactor * Rounding(expected[i].dtype)) is { } difference)
            {
                return $"result {i}: {difference}";
            }
        }

        return null;
    }

    /// <summary>1e-5, or two steps of half precision.</summary>
    internal static double Rounding(DType dtype) => dtype switch
    {
        DType.Float16 => 2e-3,
        DType.BFloat16 => 1.6e-2,
        _ => 1e-5,
    };

    internal static bool IsWithoutKernel(OnnxRuntimeException error) =>
        error.Message.Contains("NOT_IMPLEMENTED", StringComparison.Ordinal)
        || error.Message.Contains("NotImplemented", StringComparison.Ordinal)
        || error.Message.Contains("not supported", StringComparison.Ordinal);
}
