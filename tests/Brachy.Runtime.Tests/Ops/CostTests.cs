using System.Text.RegularExpressions;
using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>What primitives say they cost, on the rows of <see cref="OpSamples"/>, against what their kernels do.</summary>
[Trait("Category", "Quick")]
public partial class CostTests
{
    private static readonly Primitive[] s_summed = [F.MatMul, F.AddMatMul, F.Linear, F.Convolution, F.ConvolutionBackward];

    private static readonly Dictionary<string, OpSample> s_rows = OpSamples.All.ToDictionary(s => s.ToString());

    public static TheoryData<string> PrimitiveNames => [.. Primitives.All.Select(p => p.Name)];

    /// <summary>Rows of products whose operands are all read: no border, no mask.</summary>
    public static TheoryData<string> WholeProducts => [.. s_rows.Values.Where(IsWholeProduct).Select(s => s.ToString())];

    [GeneratedRegex("matmul|convolution|attention|lstm_layer|^linear$")]
    private static partial Regex NameOfAProduct { get; }

    [Theory]
    [MemberData(nameof(PrimitiveNames))]
    public void CostIsFiniteAndOnlyProductsMultiplyAndAdd(string name)
    {
        var isProduct = NameOfAProduct.IsMatch(name);
        var multiplies = false;
        foreach (var sample in s_rows.Values.Where(s => s.Primitive.Name == name))
        {
            var (cost, operands, results) = CostOf(sample);
            Assert.All(
                new[] { cost.MultiplyAdds, cost.Elements, cost.Bytes },
                number => Assert.True(double.IsFinite(number) && number >= 0, $"{sample}: {cost}"));
            Assert.True(isProduct || cost.MultiplyAdds == 0, $"{sample} multiplies and adds {cost.MultiplyAdds} times; is it a product?");

            // Each element has 1 to 8 bytes.
            Assert.InRange(cost.Bytes, cost.Elements, 8 * cost.Elements);
            var (read, written) = (Elements(operands), Elements(results));
            Assert.True(
                cost.Elements <= read + (2 * written) || sample.Settings is BodySettings,
                $"{sample}: {cost}, but {read} elements are read and {written} written.");
            Assert.True(cost.Elements >= written || sample.Primitive.IsView, $"{sample}: {cost}, but {written} elements are written.");
            multiplies |= cost.MultiplyAdds > 0;
        }

        Assert.Equal(isProduct, multiplies);
    }

    /// <summary>On operands of ones a sum of products is their number.</summary>
    [Theory]
    [MemberData(nameof(WholeProducts))]
    public void MultiplyAddsAreTheProductsThatTheKernelSums(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = IsAdded(sample.Primitive, i) ? F.zeros_like(inputs[i]) : F.ones_like(inputs[i]);
        }

        // The gradient by a bias is a sum without products.
        var results = OpCheck.Compute(sample, inputs).Where(r => sample.Primitive != F.ConvolutionBackward || r.ndim > 1);
        Assert.Equal(results.Sum(r => F.sum(r.to(DType.Float64)).item<double>()), CostOf(sample).Cost.MultiplyAdds);
    }

    [Fact]
    public void ProductsOfAllKindsAreCountedByTheirKernels()
    {
        var covered = s_rows.Values.Where(IsWholeProduct).Select(s => s.Primitive).ToHashSet();
        Assert.Equal(s_summed, Primitives.All.Where(covered.Contains));
    }

    [Fact]
    public void AnLstmLayerHasTwoProductsAStepAndItsGradientFour()
    {
        // L N · 4 H (I + H), in L steps.
        const double Products = 5 * 3 * 24 * (4 + 6);
        var layer = s_rows["lstm_layer: float32"];
        Assert.Equal((Products, 5), (CostOf(layer).Cost.MultiplyAdds, CostOf(layer).Cost.Steps));
        Tensor[] operands = [.. layer.Inputs(), .. OpCheck.Compute(layer, layer.Inputs())];
        var gradient = CostOf(new(F.LstmLayerBackward, "", () => [.. operands, .. operands[6..]], new LstmLayerBackwardSettings(false)));
        Assert.Equal((2 * Products, 5), (gradient.Cost.MultiplyAdds, gradient.Cost.Steps));
    }

    [Fact]
    public void AttentionHasTwoProductsAndItsGradientFive()
    {
        // B H L S E.
        const double Product = 2 * 3 * 4 * 5 * 7;
        Tensor[] operands = [F.zeros([2, 3, 4, 7]), F.zeros([2, 3, 5, 7]), F.zeros([2, 3, 5, 7])];
        var settings = s_rows["flash_attention: plain"].Settings;
        Assert.Equal(2 * Product, CostOf(new(F.FlashAttention, "", () => operands, settings)).Cost.MultiplyAdds);
        Tensor[] saved = [operands[0], .. operands, operands[0], F.zeros([2, 3, 4])];
        Assert.Equal(5 * Product, CostOf(new(F.FlashAttentionBackward, "", () => saved, settings)).Cost.MultiplyAdds);
    }

    [Fact]
    public void AFusedConvolutionCostsAsMuchAsThePlainOne()
    {
        var settings = new ConvolutionSettings([2, 2], [1, 0], [1, 1], false, [0, 0], 1);
        Tensor[] operands = [Make.Real([2, 3, 7, 6], DType.Float32), Make.Real([4, 3, 3, 2], DType.Float32)];
        var plain = CostOf(new(F.Convolution, "", () => operands, settings)).Cost;
        Assert.Equal(2 * 4 * 4 * 3 * (3 * 3 * 2), plain.MultiplyAdds);
        Assert.Equal(plain, CostOf(new(F.FusedConvolution, "", () => operands, s_rows["fused_convolution: none"].Settings)).Cost);
    }

    [Fact]
    public void BytesAreThoseOfOperandsAndResults()
    {
        var sum = Traced(F.Add, F.zeros([10, 1]), F.zeros([5], DType.Float64));
        Assert.Equal(new Cost(0, 10 + 5 + 50, (10 * 4) + (5 * 8) + (50 * 8)), sum);
        Assert.Equal(new Cost(0, 6 + 6, 6 * (4 + 1)), Traced(F.Isnan, F.zeros([6])));
        Assert.Equal(default, Traced(F.StopGradient, F.zeros([6])));
    }

    [Fact]
    public void OfATableOnlyNamedRowsAreMoved()
    {
        var table = F.zeros([1000, 8]);
        var rows = F.zeros([3], DType.Int64);
        Assert.Equal(new Cost(0, (2 * 3 * 8) + 3, (2 * 3 * 8 * 4) + (3 * 8)), Last(() => F.embedding(table, rows)));
        Assert.Equal(new Cost(0, (2 * 3 * 8) + 3, (2 * 3 * 8 * 4) + (3 * 8)), Last(() => F.index_select(table, 0, rows)));
    }

    [Fact]
    public void WritingOverATableMovesTheRowsThatAreWritten()
    {
        var f = Jit.Compile((Tensor table, Tensor rows, Tensor values) => F.exp(table).index_put([rows], values));
        f.Invoke(F.zeros([1000, 8]), F.tensor([1L, 2, 7]), F.zeros([8]));
        var put = Assert.Single(f.Graph!.Equations, e => e.Primitive == F.IndexPut);
        Assert.Equal(0, put.Overwrites);
        Assert.Equal(new Cost(0, (3 * 8) + 3 + 8, (3 * 8 * 4) + (3 * 8) + (8 * 4)), put.Cost);
        Assert.Equal((2 * 8000) + 3 + 8, (put with { Overwrites = null }).Cost.Elements);
    }

    [Fact]
    public void SizesWithoutMemoryDoNotOverflow()
    {
        using var trace = Trace.BeginGraph("a test");
        var x = trace.Argument(new TensorType([1L << 23, 1L << 23], DType.Float32), "x");
        F.matmul(x, x);
        Assert.Equal(new Cost(Math.Pow(2, 69), 3 * Math.Pow(2, 46), 3 * Math.Pow(2, 48)), trace.Ops[^1].Cost);
    }

    private static bool IsWholeProduct(OpSample sample) =>
        s_summed.Contains(sample.Primitive)
        && (!sample.Primitive.Name.StartsWith("conv", StringComparison.Ordinal)
            || ((ConvolutionSettings)sample.Settings!).Padding.All(p => p == 0));

    /// <summary>Whether an operand of a product is added to it.</summary>
    private static bool IsAdded(Primitive primitive, int operand) =>
        primitive == F.AddMatMul ? operand == 0 : operand == 2 && (primitive == F.Linear || primitive == F.Convolution);

    private static double Elements(IEnumerable<TensorType> types) => types.Sum(type => (double)type.Shape.NumElements);

    private static (Cost Cost, TensorType[] Operands, TensorType[] Results) CostOf(OpSample sample)
    {
        var inputs = sample.Inputs();
        inputs = sample.Through?.Invoke(inputs) ?? inputs;
        var (settings, types) = (sample.Settings ?? Settings.None, Array.ConvertAll(inputs, x => x.Type));
        TensorType[] results = [.. sample.Primitive.TypesOf(settings, types)];
        return (sample.Primitive.CostOf(settings, types, results), types, results);
    }

    private static Cost Traced(Primitive<NoSettings> primitive, params Tensor[] inputs) => Last(() => primitive.Bind(inputs));

    /// <summary>What the last op of a function costs.</summary>
    private static Cost Last(Action function)
    {
        using var trace = Trace.BeginGraph("a test");
        function();
        return trace.Ops[^1].Cost;
    }
}
