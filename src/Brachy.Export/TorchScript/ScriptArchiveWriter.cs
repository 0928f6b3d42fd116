using System.Text;

namespace Brachy.IO.TorchScript;

/// <summary>Writes a program as the archive that <c>torch.jit.load</c> reads.</summary>
/// <param name="root">The object.</param>
/// <param name="classes">Its classes.</param>
/// <param name="constants">Tensors that are no part of it.</param>
/// <param name="uses">Keeps all tensors readable until the file is complete.</param>
internal sealed class ScriptArchiveWriter(ScriptModule root, ScriptClasses classes, IReadOnlyList<Tensor> constants, BufferUses uses)
{
    // Which versions of operators the code means. It is the newest one, of PyTorch 1.12: an older one would load in older programs, but
    // newer ones would read divisions of integers in it by their old meaning.
    private const string FormatVersion = "10\n";
    private const string Folder = "archive/";

    private readonly List<(string File, TensorType Type, Buffer Memory)> _storages = [];
    private readonly Dictionary<Tensor, string> _keys = new(ReferenceEqualityComparer.Instance);

    public void Write(Stream stream)
    {
        var zip = new ZipWriter(stream);
        zip.Add(Folder + "data.pkl", Pickle());
        zip.Add(Folder + "byteorder", "little"u8.ToArray());
        foreach (var (file, source) in classes.Files)
        {
            zip.Add(Folder + file, Encoding.UTF8.GetBytes(source));
        }

        zip.Add(Folder + "constants.pkl", PickleConstants());
        foreach (var (file, type, memory) in _storages)
        {
            zip.Add(Folder + file, type.ByteSize, sink => TensorMemory.Write(memory, sink));
        }

        zip.Add(Folder + "version", Encoding.ASCII.GetBytes(FormatVersion));
        zip.Finish();
    }

    private byte[] Pickle()
    {
        var pickle = new TorchPickle();
        Write(pickle, root);
        return pickle.Finish();
    }

    /// <summary>An object: its class, no arguments, its attributes.</summary>
    private void Write(TorchPickle pickle, ScriptModule module)
    {
        var (scope, name) = classes[module];
        pickle.Global(scope, name);
        pickle.Bytes((byte)')', 0x81, (byte)'}', (byte)'(');
        pickle.Text("training");
        pickle.Boolean(false);
        foreach (var (key, tensor, isParameter) in module.Tensors)
        {
            pickle.Text(key);
            pickle.Tensor(KeyOf(tensor), tensor.Type, isParameter);
        }

        foreach (var (key, child) in module.Children)
        {
            pickle.Text(key);
            Write(pickle, child);
        }

        pickle.Bytes((byte)'u', (byte)'b');
    }

    private byte[] PickleConstants()
    {
        var pickle = new TorchPickle();
        if (constants.Count == 0)
        {
            pickle.Bytes((byte)')');
            return pickle.Finish();
        }

        pickle.Bytes((byte)'(');
        for (var i = 0; i < constants.Count; i++)
        {
            var key = FormattableString.Invariant($"{i}");
            _storages.Add(($"constants/{key}", constants[i].Type, uses.Add(constants[i])));
            pickle.Tensor(key, constants[i].Type);
        }

        pickle.Bytes((byte)'t');
        return pickle.Finish();
    }

    /// <summary>A weight that stands at several places has one storage.</summary>
    private string KeyOf(Tensor tensor)
    {
        if (!_keys.TryGetValue(tensor, out var key))
        {
            _keys.Add(tensor, key = FormattableString.Invariant($"{_keys.Count}"));
            _storages.Add(($"data/{key}", tensor.Type, uses.Add(tensor)));
        }

        return key;
    }
}
