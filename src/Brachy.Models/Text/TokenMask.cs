namespace Brachy.Models.Text;

/// <summary>Checks of tokens and masks, and what attention adds to scores.</summary>
internal static class TokenMask
{
    /// <summary>Requires int64 or int32 [batch, positions], not too many.</summary>
    public static void RequireTokens(string model, Tensor tokens, long positions, string name = "inputIds")
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.ndim != 2 || tokens.shape[1] == 0 || tokens.shape[1] > positions)
        {
            throw new ShapeException(
                $"{model}: {name} is {tokens.Type}, but must be [batch, positions] with 1 to {positions} positions.");
        }

        if (tokens.dtype is not (DType.Int64 or DType.Int32))
        {
            throw new DTypeException($"{model}: {name} is {tokens.Type}, but tokens are integers, int64 or int32.");
        }
    }

    /// <summary>Requires the shape of the tokens.</summary>
    public static void RequireLike(string model, Tensor value, Tensor tokens, string name)
    {
        if (value.shape != tokens.shape)
        {
            throw new ShapeException($"{model}: {name} is {value.Type}, but must be {tokens.shape}, as inputIds.");
        }
    }

    /// <summary>
    /// What is added to scores: 0 where a position counts, and the lowest number where not, so that a row of which nothing counts has no
    /// NaN, which would spread.
    /// </summary>
    /// <param name="allowed">Truth values.</param>
    /// <param name="dtype">The element type of the scores.</param>
    public static Tensor Added(Tensor allowed, DType dtype) => F.where(allowed, 0.0, Lowest(dtype)).to(dtype);

    /// <summary>The places that count, bool, from a mask of any element type.</summary>
    public static Tensor Counted(Tensor mask) => mask.dtype == DType.Bool ? mask : F.ne(mask, 0);

    private static double Lowest(DType dtype) => dtype switch
    {
        DType.Float16 => -65504,
        DType.BFloat16 => -3.3895313892515355e38,
        _ => float.MinValue,
    };
}
