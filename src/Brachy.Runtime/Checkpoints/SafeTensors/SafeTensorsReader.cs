namespace Brachy.IO;

/// <summary>
/// An open <c>.safetensors</c> file whose tensors are read one at a time, so that no more of a large file is in memory than is wanted.
/// Several threads may read from one.
/// </summary>
public sealed class SafeTensorsReader : IDisposable
{
    private readonly CheckpointFile _file;
    private readonly SafeTensorsHeader _header;
    private readonly OrderedDictionary<string, TensorType> _types = new(StringComparer.Ordinal);

    private SafeTensorsReader(CheckpointFile file, SafeTensorsHeader header)
    {
        (_file, _header) = (file, header);
        foreach (var (name, entry) in header.Entries)
        {
            _types.Add(name, entry.Type);
        }
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>The types of the tensors by name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, TensorType> Types => _types;

    /// <summary>The texts of the file by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file; it stays open until the reader is disposed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, or has an element type that Brachy does not have.</exception>
    public static SafeTensorsReader Open(string path)
    {
        var file = CheckpointFile.Open(path);
        try
        {
            return new(file, SafeTensorsHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A tensor of its own with the elements of one of the file.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    /// <exception cref="CheckpointException">The file cannot be read, or the tensor does not fit into memory.</exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed.</exception>
    public Tensor Read(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _header.Entries.TryGetValue(name, out var entry)
            ? TensorMemory.Read(_file, _header.DataOffset + entry.Start, entry.Type)
            : throw new KeyNotFoundException($"{Path} has no tensor '{name}'.");
    }

    /// <summary>Closes the file. Tensors that were read stay.</summary>
    public void Dispose() => _file.Dispose();
}
