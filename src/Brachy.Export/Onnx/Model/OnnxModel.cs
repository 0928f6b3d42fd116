namespace Brachy.IO.Onnx;

/// <summary>A model of ONNX.</summary>
/// <param name="Graph">What it computes.</param>
/// <param name="Small">Tensors that rules need.</param>
/// <param name="Large">Weights and other tensors of the program.</param>
internal sealed record OnnxModel(OnnxGraph Graph, IReadOnlyList<SmallTensor> Small, IReadOnlyList<LargeTensor> Large);
