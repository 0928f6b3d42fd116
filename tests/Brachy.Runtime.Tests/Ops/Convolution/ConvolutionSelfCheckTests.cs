using System.Runtime.InteropServices;

namespace Brachy.Tests;

public class ConvolutionSelfCheckTests
{
    public static TheoryData<int> Rows => [.. Enumerable.Range(0, ConvolutionSelfCheck.All.Count)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void ADigestIsThatOfTheSumsWrittenOut(int row)
    {
        var convolution = ConvolutionSelfCheck.All[row];
        var expected = convolution.Expected();

        Assert.Equal(convolution.Digest, KnownConvolution.DigestOf(expected));

        // Otherwise a kernel that loses data could be right by chance.
        Assert.True(expected.Distinct().Count() >= 8 && expected.Count(value => value != 0) > expected.Length / 4);
    }

    [Fact]
    public void LibtorchAsItIsUsedHerePasses()
    {
        ConvolutionSelfCheck.AllowsOneDnn();

        Assert.Null(ConvolutionSelfCheck.FindFault());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void OneWrongElementOfAnyIsFound(int row)
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
    public void AResultOfAnotherSizeAndAFailedCallAreFaults()
    {
        Assert.Contains("has 3 elements instead of 4096", ConvolutionSelfCheck.FindFault(_ => new float[3]));
        Assert.Contains(
            "float32, gradient by input failed: no memory",
            ConvolutionSelfCheck.FindFault(_ => throw new ExternalException("no memory\nat")));
    }
}
