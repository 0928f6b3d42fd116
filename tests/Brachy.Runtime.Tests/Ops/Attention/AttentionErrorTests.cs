namespace Brachy.Tests.Ops;

/// <summary>What attention refuses, and that it says why.</summary>
public class AttentionErrorTests
{
    private static readonly Tensor s_x = F.ones([2, 3, 4]);

    private static readonly (string Name, Type Error, string[] Fragments, Action Use)[] s_cases =
    [
        Case<ArgumentNullException>("no query", () => F.scaled_dot_product_attention(null!, s_x, s_x), "query"),
        Case<ArgumentNullException>("no key", () => F.scaled_dot_product_attention(s_x, null!, s_x), "key"),
        Case<ArgumentNullException>("no value", () => F.scaled_dot_product_attention(s_x, s_x, null!), "value"),
        Case<ShapeException>("a number", () => F.scaled_dot_product_attention(1.0, s_x, s_x), "query", "2 dims"),
        Case<ShapeException>("a vector", () => F.scaled_dot_product_attention(s_x, F.ones([4]), s_x), "key", "2 dims", "[4]"),
        Case<DTypeException>(
            "integers", () => F.scaled_dot_product_attention(s_x.to(DType.Int64), s_x.to(DType.Int64), s_x.to(DType.Int64)), "query",
            "int64"),
        Case<DTypeException>(
            "two types", () => F.scaled_dot_product_attention(s_x, s_x, s_x.to(DType.Float64)), "value", "float64", "x.to(dtype)"),
        Case<ShapeException>(
            "sizes that differ", () => F.scaled_dot_product_attention(s_x, F.ones([2, 3, 5]), s_x), "last dims", "[2, 3, 5]"),
        Case<ShapeException>(
            "lengths that differ", () => F.scaled_dot_product_attention(s_x, s_x, F.ones([2, 5, 4])), "length", "[2, 5, 4]"),
        Case<ShapeException>(
            "batches that do not broadcast", () => F.scaled_dot_product_attention(s_x, F.ones([3, 3, 4]), F.ones([3, 3, 4])), "broadcast",
            "[2]", "[3]"),
        Case<ArgumentException>(
            "a mask and causal", () => F.scaled_dot_product_attention(s_x, s_x, s_x, F.ones([3, 3]), is_causal: true), "attn_mask",
            "is_causal"),
        Case<DTypeException>(
            "a mask of integers", () => F.scaled_dot_product_attention(s_x, s_x, s_x, F.ones([3, 3], DType.Int64)), "attn_mask", "int64"),
        Case<DTypeException>(
            "a mask of a wider type", () => F.scaled_dot_product_attention(s_x, s_x, s_x, F.ones([3, 3], DType.Float64)), "attn_mask",
            "float64"),
        Case<ShapeException>("a mask that does not fit", () => F.scaled_dot_product_attention(s_x, s_x, s_x, F.ones([3, 2])), "broadcast"),
        Case<ShapeException>(
            "a mask that adds a batch", () => F.scaled_dot_product_attention(s_x, s_x, s_x, F.ones([5, 1, 3, 3])), "attn_mask",
            "[5, 1, 3, 3]", "[2, 3, 3]"),
        Case<ShapeException>(
            "a mask that widens a batch", () => F.scaled_dot_product_attention(
                F.ones([1, 3, 4]), F.ones([1, 3, 4]), F.ones([1, 3, 4]), F.ones([2, 3, 3])), "attn_mask", "[1, 3, 3]"),
        Case<ArgumentOutOfRangeException>(
            "no probability", () => F.scaled_dot_product_attention(s_x, s_x, s_x, dropout_p: double.NaN), "dropout_p"),
        Case<ArgumentOutOfRangeException>(
            "a probability above 1", () => F.scaled_dot_product_attention(s_x, s_x, s_x, dropout_p: 1.5), "dropout_p"),
        Case<ShapeException>(
            "heads that do not divide", () => F.scaled_dot_product_attention(
                F.ones([4, 3, 4]), F.ones([3, 3, 4]), F.ones([3, 3, 4]), enable_gqa: true), "4 heads", "key"),
        Case<ShapeException>(
            "no heads", () => F.scaled_dot_product_attention(F.ones([4, 3, 4]), F.ones([0, 3, 4]), F.ones([0, 3, 4]), enable_gqa: true),
            "heads", "key"),
        Case<ShapeException>(
            "heads without a dim", () => F.scaled_dot_product_attention(F.ones([3, 4]), F.ones([3, 4]), F.ones([3, 4]), enable_gqa: true),
            "3 dims"),
    ];

    public static TheoryData<string> Names => [.. s_cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void BadInputIsRefused(string name)
    {
        var (_, error, fragments, use) = s_cases.Single(c => c.Name == name);
        var thrown = Record.Exception(use);
        Assert.NotNull(thrown);
        Assert.IsType(error, thrown);
        Assert.All(fragments, fragment => Assert.Contains(fragment, thrown.Message, StringComparison.Ordinal));
    }

    private static (string, Type, string[], Action) Case<TError>(string name, Action use, params string[] fragments)
        where TError : Exception => (name, typeof(TError), fragments, use);
}
