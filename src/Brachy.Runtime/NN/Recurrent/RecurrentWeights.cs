namespace Brachy.NN;

/// <summary>The weights of one layer and direction, or of a cell.</summary>
/// <param name="Input">From an element to the gates, [gates · hidden, input].</param>
/// <param name="Hidden">From a state to the gates, [gates · hidden, output].</param>
/// <param name="InputBias">[gates · hidden], or null.</param>
/// <param name="HiddenBias">[gates · hidden], or null.</param>
/// <param name="Projection">From a state to the output, [output, hidden], or null.</param>
internal sealed record RecurrentWeights(Tensor Input, Tensor Hidden, Tensor? InputBias, Tensor? HiddenBias, Tensor? Projection = null)
{
    /// <summary>All params are drawn from U(-k, k) with k = 1/√hidden_size, as in PyTorch.</summary>
    public static Tensor Draw(Shape shape, long hiddenSize, DType dtype)
    {
        var bound = 1 / Math.Sqrt(hiddenSize);
        return Init.Uniform(shape, -bound, bound, dtype: dtype);
    }

    /// <summary>Both biases in one, where nothing comes between them.</summary>
    public Tensor? Bias => InputBias is null ? HiddenBias : HiddenBias is null ? InputBias : InputBias + HiddenBias;
}
