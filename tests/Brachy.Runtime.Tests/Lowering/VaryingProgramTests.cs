using Brachy.Compilation;
using CsCheck;

namespace Brachy.Tests.Lowering;

/// <summary>Random programs compiled once for all sizes give what they give when they are compiled for each.</summary>
public class VaryingProgramTests
{
    private const int Programs = 150;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OneVersionEqualsTheFixedOnes(bool isGradient)
    {
        var refused = 0;
        Gen.Select(Gen.Int[0, 1_000_000].Array[3, 10], Gen.Long[4, 40].Array[4]).Sample(
            program =>
            {
                var (code, sizes) = program;
                Func<Tensor[], Tensor[]> function = x => RandomProgramTests.Run(code, x);
                if (isGradient)
                {
                    function = Grad.Of((Tensor[] x) =>
                        RandomProgramTests.Run(code, x).Select(t => t.sum().to(DType.Float64)).Aggregate((a, b) => a + b));
                }

                var varying = Jit.Compile(function, backend: Backend.TorchScript, varying: [new(0, "n") { Member = "0" }]);
                var fixedSizes = Jit.Compile(function, backend: Backend.Interpreter);
                foreach (var size in sizes)
                {
                    try
                    {
                        varying.Invoke(Inputs(size));
                    }
                    catch (VaryingSizeException)
                    {
                        refused++;
                        break;
                    }

                    var (expected, actual) = (fixedSizes.Invoke(Inputs(size)), varying.Invoke(Inputs(size)));
                    for (var i = 0; i < expected.Length; i++)
                    {
                        Assert.Equal(expected[i].Type, actual[i].Type);
                        RandomProgramTests.AssertClose(
                            expected[i], actual[i], $"result {i} for {size} of\n{varying.Graph}{varying.Script}");
                    }
                }

                Assert.True(varying.TraceCount <= 1);
                varying.ClearCache();
                fixedSizes.ClearCache();
            },
            iter: Programs,
            threads: 1);
        Assert.True(refused < Programs / 5, $"{refused} of {Programs} programs were refused.");
    }

    // Only the first has a size that varies; a column goes with it.
    private static Tensor[] Inputs(long size) => [Input([size, 3], 0.3), Input([3], -0.7), Input([1, 3], 1.1), Input([], 0.5)];

    private static Tensor Input(Shape shape, double offset) =>
        F.sin(F.arange(shape.NumElements).to(DType.Float64).reshape(shape) + offset);
}
