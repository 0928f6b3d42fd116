using Brachy.Modules;
using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>Trees as text.</summary>
public class TreePrinterTests
{
    [Fact]
    public void ThePrintoutNamesEverything()
    {
        var weight = F.zeros([100, 784]);
        var tree = new StructureTree
        {
            ApplyFn = new ApplyFn<Tensor, Tensor>("model", (_, _, x) => x),
            Aux = { ["sizes"] = new List<int> { 1, 2 } },
            Params = { ["scale"] = F.ones([], DType.Float64), ["bias"] = TreeValue.None },
            Buffers =
            {
                ["momentum"] = new StructureTree { Params = { ["m"] = F.zeros([2]) } },
                ["past"] = new TreeValue[] { weight, new TreeDictionary<TreeValue> { ["k"] = F.zeros([3], DType.Bool) } },
            },
            Submodules =
            {
                ["encoder"] = new StructureTree { Params = { ["weight"] = weight } },
                ["empty"] = new StructureTree { ApplyFn = new ApplyFn<Tensor, Tensor>("identity", (_, _, x) => x) },
            },
        };
        Assert.Equal(
            """
            model (78,406 elements, 306.3 KiB)
              sizes = [1, 2]
              scale: param float64[] (1 element, 8 B)
              bias: param None
              momentum: buffer tree (no apply) (2 elements, 8 B)
                m: param float32[2] (2 elements, 8 B)
              past: buffer list of 2
                0: float32[100, 784] (78,400 elements, 306.3 KiB)
                1: dictionary of 1
                  k: bool[3] (3 elements, 3 B)
              encoder: (no apply) (78,400 elements, 306.3 KiB)
                weight: param float32[100, 784] = past.0
              empty: identity

            """,
            tree.ToString());
    }

    [Fact]
    public void WrappedFunctionsAreReadable()
    {
        using var rng = Rng.Scope(0);
        var (model, _) = new Linear(2, 3, bias: false);
        Assert.Equal(
            """
            Brachy.NN.Linear[bfloat16] = HalfPrecision { DType = BFloat16 } around Brachy.NN.Linear (6 elements, 24 B)
              weight: param float32[3, 2] (6 elements, 24 B)
              bias: param None

            """,
            MixedPrecision.Cast(model).ToString());
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(1L << 20, "1 MiB")]
    [InlineData(5L << 30, "5 GiB")]
    [InlineData(1L << 50, "1024 TiB")]
    public void BytesHaveReadableUnits(long bytes, string text) => Assert.Equal(text, SizeText.Bytes(bytes));
}
