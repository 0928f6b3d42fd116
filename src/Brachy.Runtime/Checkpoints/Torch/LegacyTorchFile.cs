using System.Buffers.Binary;

namespace Brachy.IO;

/// <summary>
/// The format of torch.save before PyTorch 1.6, still written with <c>_use_new_zipfile_serialization=False</c>: pickles of a magic number,
/// a version, a description of the machine, the value, and the keys of its storages; then those, each with its length before it.
/// Source: torch/serialization.py, _legacy_load.
/// </summary>
internal sealed class LegacyTorchFile : ITorchMemories
{
    private const int Version = 1001;
    private static readonly byte[] s_magic = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
    private readonly CheckpointFile _file;
    private readonly Dictionary<string, (TorchMemory Memory, int ElementSize)> _memories = new(StringComparer.Ordinal);

    private LegacyTorchFile(CheckpointFile file) => _file = file;

    /// <summary>Whether a file begins with the pickle of the magic number, of any protocol.</summary>
    public static bool Is(ReadOnlySpan<byte> start) => start.StartsWith("L119547037146038801333356L\n."u8)
        || (start is [0x80, ..] && start[..Math.Min(start.Length, 32)].IndexOf(s_magic) >= 0);

    /// <summary>The value in the file, with descriptions in place of tensors.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static (TorchValue Root, long PickleLength) Read(CheckpointFile file) => new LegacyTorchFile(file).Read();

    public TorchMemory Find(string key, TorchElement? element, long count)
    {
        if (element is null)
        {
            throw new PickleException(
                $"has the storage '{key}' of elements that Brachy does not have, so that its length is not known", isRefusal: true);
        }

        if (count < 0 || (Int128)count * element.Size > _file.Length)
        {
            throw new PickleException(
                $"gives the storage '{key}' {count} elements of {element.Name}, but the file has {_file.Length} bytes", isRefusal: false);
        }

        if (!_memories.TryGetValue(key, out var known))
        {
            _memories.Add(key, known = (new TorchMemory(key, count * element.Size), element.Size));
        }

        return known.Memory.Length == count * element.Size
            ? known.Memory
            : throw new PickleException(
                $"gives the storage '{key}' {count} elements of {element.Name}, but had {known.Memory.Length} bytes of it before",
                isRefusal: false);
    }

    private (TorchValue Root, long PickleLength) Read()
    {
        using var bytes = StoredBytes.Open(_file, 0, _file.Length, "the file");
        var input = new PickleInput(bytes);
        var globals = new TorchGlobals(this, _file.Length);
        Next("the magic number");
        if (Next("the version").Value is not (long and Version))
        {
            throw _file.Refused(
                "has another version of the format before PyTorch 1.6 than 1001",
                "Save it again in Python: torch.save(torch.load(path), path).");
        }

        Next("the description of the machine");
        var root = Next("the pickle");
        var keys = Next("the list of storages");
        var pickleLength = input.Position;
        Locate(
            keys.Value as IReadOnlyList<TorchValue> ?? throw _file.Damaged($"has {keys.Describe()} where the list of storages belongs"),
            pickleLength);
        return (root, pickleLength);

        TorchValue Next(string name) => new PickleReader(_file, name, input, globals).Read();
    }

    /// <summary>Finds where storages lie. Their lengths are little-endian, as the elements are, on every machine.</summary>
    private void Locate(IReadOnlyList<TorchValue> keys, long at)
    {
        foreach (var key in keys)
        {
            if (key.Value is not string name || !_memories.TryGetValue(name, out var known) || known.Memory.Open is not null)
            {
                throw _file.Damaged($"lists the storage {TorchText.Of(key)}, which the pickle does not have, or lists it twice");
            }

            var count = BinaryPrimitives.ReadInt64LittleEndian(_file.Read(at, 8, $"the length of the storage '{name}'"));
            at += 8;
            var (memory, start) = (known.Memory, at);
            if (count < 0 || (Int128)count * known.ElementSize != memory.Length || memory.Length > _file.Length - at)
            {
                throw _file.Damaged($"has {count} elements in the storage '{name}', which should have {memory.Length} bytes, and "
                    + $"{_file.Length - at} bytes are left");
            }

            memory.Open = () => StoredBytes.Open(_file, start, memory.Length, $"the storage '{name}'");
            at += memory.Length;
        }

        var missing = _memories.FirstOrDefault(m => m.Value.Memory.Open is null);
        if (missing.Key is not null)
        {
            throw _file.Damaged($"does not hold the storage '{missing.Key}'");
        }
    }
}
