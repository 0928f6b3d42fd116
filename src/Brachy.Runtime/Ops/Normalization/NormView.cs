namespace Brachy;

/// <summary>How a norm sees its operands, so that statistics and params broadcast with the input.</summary>
/// <param name="Input">The shape in which the input is seen.</param>
/// <param name="Statistics">The shape in which mean and reciprocal deviation are seen.</param>
/// <param name="Params">The shape in which weight and bias are seen.</param>
/// <param name="Dims">The dims of the input that one mean is taken over.</param>
internal readonly record struct NormView(Shape Input, Shape Statistics, Shape Params, long[] Dims)
{
    /// <summary>The number of elements that one mean is taken over.</summary>
    public double Count
    {
        get
        {
            var input = Input;
            return Dims.Aggregate(1.0, (product, dim) => product * input[(int)dim]);
        }
    }
}
