namespace Brachy.IO;

/// <summary>The memory of one or several tensors of a checkpoint.</summary>
internal sealed class TorchMemory(string key, long length)
{
    /// <summary>Its name in the file.</summary>
    public string Key { get; } = key;

    /// <summary>How many bytes it has.</summary>
    public long Length { get; } = length;

    /// <summary>Opens its bytes. In the format before PyTorch 1.6 they are found only when the pickle has been read.</summary>
    public Func<StoredBytes>? Open { get; set; }
}

/// <summary>A storage: memory, or a part of it, as elements of a type.</summary>
/// <param name="Memory">The memory.</param>
/// <param name="Element">The type of its elements; null when the tensors say it, or when Brachy cannot hold it.</param>
/// <param name="Start">Which element of the memory is the first; which byte, without a type.</param>
/// <param name="Count">How many elements there are; how many bytes, without a type.</param>
internal sealed record TorchStorage(TorchMemory Memory, TorchElement? Element, long Start, long Count)
{
    /// <summary>All of it as a tensor.</summary>
    public StoredTensor Whole => new(Memory, Element ?? TorchElement.Byte, Start, [Count], [1]);
}
