namespace Brachy.IO;

/// <summary>A tensor of an ONNX file, without its elements: see <see cref="OnnxFile.ReadInfo(string)"/>.</summary>
/// <param name="Name">Its name; that of a tensor inside a loop or a choice has where it stands in front.</param>
/// <param name="ElementType">
/// The name of its element type in ONNX, such as <c>FLOAT16</c> or <c>FLOAT8E4M3FN</c>; of a sparse tensor <c>sparse FLOAT</c>.
/// </param>
/// <param name="Shape">Its shape in the file.</param>
/// <param name="Type">
/// The type of the tensor that <see cref="OnnxFile.ReadWeights(string, Trees.PathFilter)"/> gives; null for an element type that Brachy
/// does not have.
/// </param>
/// <param name="IsConstant">Whether it is the output of a Constant node; otherwise it is an initializer.</param>
/// <param name="DataFile">The file with its elements, as a path from the model's folder; null when they are in the model's file.</param>
public sealed record OnnxWeightInfo(
    string Name, string ElementType, Shape Shape, TensorType? Type, bool IsConstant, string? DataFile);
