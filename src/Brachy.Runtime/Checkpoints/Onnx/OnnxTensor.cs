namespace Brachy.IO;

/// <summary>A tensor of an ONNX file that was checked but not read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">The type of its elements.</param>
/// <param name="Shape">Its shape in the file.</param>
/// <param name="Source">Where its elements stand; null for a sparse tensor.</param>
internal sealed record OnnxTensor(string Name, OnnxElement Element, Shape Shape, OnnxSource? Source)
{
    /// <summary>Whether it is the output of a Constant node.</summary>
    public bool IsConstant { get; init; }

    /// <summary>The name of the element type, for messages and users.</summary>
    public string ElementName => Source is null ? $"sparse {Element.Name}" : Element.Name;

    /// <summary>The type of the tensor that holds it; null where none does. A complex one has pairs.</summary>
    public TensorType? Type => Source is not null && Element.DType is { } dtype
        ? new TensorType(Element.IsComplex ? [.. Shape, 2] : Shape, dtype)
        : null;

    public OnnxWeightInfo Info => new(Name, ElementName, Shape, Type, IsConstant, (Source as OnnxExternal)?.Location);
}
