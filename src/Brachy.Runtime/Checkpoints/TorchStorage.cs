namespace Brachy;

/// <summary>The memory of one or several tensors of a checkpoint.</summary>
/// <param name="Entry">Where its bytes lie.</param>
/// <param name="DType">The type of its elements; null when the tensors say it.</param>
internal sealed record TorchStorage(ZipEntry Entry, DType? DType);
