using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy.Tests.Native;

public class ConvolutionSelfCheckTests
{
    public static TheoryData<int> Rows => [.. Enumerable.Range(0, ConvolutionSelfCheck.All.Count)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_digest_is_that_of_the_sums_written_out(int row)
    {
        var convolution = ConvolutionSelfCheck.All[row];
        var expected = convolution.Expected();

        Assert.Equal(convolution.Digest, KnownConvolution.DigestOf(expected));

        // Otherwise a kernel that loses data could be right by chance.
        Assert.True(expected.Distinct().Count() >= 8 && expected.Count(value => value != 0) > expected.Length / 4);
    }

    [Fact]
    public void Libtorch_as_it_is_used_here_passes()
    {
        OneDnn.IsUsableHere();

        Assert.Null(ConvolutionSelfCheck.FindFault());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void One_wrong_element_of_any_is_found(int row)
    {
        foreach (var wrong in new[] { 1f, 0.5f, float.NaN, float.PositiveInfinity })
        {
            var fault = ConvolutionSelfCheck.FindFault(convolution => WithWrong(convolution, row, wrong));
            Assert.Contains($"element 7 of a {ConvolutionSelfCheck.All[row]} is ", fault);
        }

        static float[] WithWrong(KnownConvolution convolution, int row, float change)
        {
            var values = convolution.Expected();
            values[7] += convolution == ConvolutionSelfCheck.All[row] ? change : 0;
            return values;
        }
    }

    [Fact]
    public void A_result_of_another_size_and_a_failed_call_are_faults()
    {
        Assert.Contains("has 3 elements instead of 4096", ConvolutionSelfCheck.FindFault(_ => new float[3]));
        Assert.Contains("float32, gradient by input failed: no memory", ConvolutionSelfCheck.FindFault(_ => throw new ExternalException("no memory\nat")));
    }
}
