namespace Brachy.IO.Onnx;

/// <summary>A value of the graph that is being written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its element type.</param>
internal sealed record Value(string Name, DType DType);
