namespace Brachy.IO;

/// <summary>Writes tensors as a checkpoint of PyTorch.</summary>
internal sealed class TorchWriter
{
    private const string Folder = "archive/";
    private readonly List<(string Name, string Key, TensorType Type)> _names = [];
    private readonly List<(TensorType Type, Buffer Memory)> _storages = [];

    /// <summary>Gathers the tensors.</summary>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="uses">Keeps them readable until the file is complete.</param>
    public TorchWriter(IEnumerable<KeyValuePair<string, Tensor>> tensors, BufferUses uses)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var keys = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        foreach (var (name, tensor) in tensors)
        {
            ArgumentNullException.ThrowIfNull(name, nameof(tensors));
            ArgumentNullException.ThrowIfNull(tensor, name);
            StrictText.Require(name, "The name");
            if (!seen.Add(name))
            {
                throw new ArgumentException($"There are two tensors of the name '{name}'.", nameof(tensors));
            }

            if (!keys.TryGetValue(tensor, out var key))
            {
                key = FormattableString.Invariant($"{_storages.Count}");
                keys.Add(tensor, key);
                _storages.Add((tensor.Type, uses.Add(tensor)));
            }

            _names.Add((name, key, tensor.Type));
        }
    }

    public void Write(string path) => AtomicFile.Write(path, stream => Write(new ZipWriter(stream)));

    private void Write(ZipWriter zip)
    {
        zip.Add(Folder + "data.pkl", TorchPickle.Write(_names));
        zip.Add(Folder + "byteorder", "little"u8.ToArray());
        for (var i = 0; i < _storages.Count; i++)
        {
            var (type, memory) = _storages[i];
            zip.Add(FormattableString.Invariant($"{Folder}data/{i}"), type.ByteSize, sink => TensorMemory.Write(memory, sink));
        }

        zip.Add(Folder + "version", "3\n"u8.ToArray());
        zip.Finish();
    }
}
