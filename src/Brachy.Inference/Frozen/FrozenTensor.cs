namespace Brachy.Inference;

/// <summary>An input or a result of a frozen model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its element type.</param>
/// <param name="Shape">Its sizes; of a model whose sizes vary those that it was exported with.</param>
/// <param name="Dims">For each dim the name of its size where that varies; empty where it is fixed, and for results.</param>
public sealed record FrozenTensor(string Name, DType DType, Shape Shape, IReadOnlyList<string> Dims)
{
    /// <summary>For example <c>x: float32[batch, 784]</c>.</summary>
    public override string ToString()
    {
        var sizes = Shape.Select((size, i) => i < Dims.Count && Dims[i].Length > 0 ? Dims[i] : $"{size}");
        return $"{Name}: {DType.Name()}[{string.Join(", ", sizes)}]";
    }
}
