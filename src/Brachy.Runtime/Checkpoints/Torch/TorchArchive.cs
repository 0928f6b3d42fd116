using System.Text;

namespace Brachy.IO;

/// <summary>
/// The files of a checkpoint of PyTorch 1.6 or later: a zip archive with <c>name/data.pkl</c>, <c>name/data/key</c> for each storage,
/// <c>name/version</c> and <c>name/byteorder</c>; of TorchScript's archives also code and constants.
/// </summary>
internal sealed class TorchArchive : ITorchMemories
{
    private const long MaxPickle = 1L << 31;

    // A deflated pickle makes more values than its bytes in the file answer for.
    private const long FreePickle = 1L << 18;
    private const long PickleRatio = 16;
    private readonly CheckpointFile _file;
    private readonly Dictionary<string, ZipEntry> _entries;
    private readonly string _prefix;
    private readonly string _folder;
    private readonly Dictionary<string, TorchMemory> _memories;

    private TorchArchive(
        CheckpointFile file, Dictionary<string, ZipEntry> entries, string prefix, string folder,
        Dictionary<string, TorchMemory> memories) =>
        (_file, _entries, _prefix, _folder, _memories) = (file, entries, prefix, folder, memories);

    /// <summary>Whether it is an archive of TorchScript, with code.</summary>
    public bool IsScript => Has("constants.pkl") || _entries.Keys.Any(name => name.StartsWith(_prefix + "code/", StringComparison.Ordinal));

    /// <summary>Whether the bytes of elements stand in the other order.</summary>
    public bool IsSwapped { get; private init; }

    /// <summary>The constants of a TorchScript program, whose storages lie in a folder of their own.</summary>
    public TorchArchive Constants => new(_file, _entries, _prefix, "constants/", []) { IsSwapped = IsSwapped };

    /// <exception cref="CheckpointException">The archive is damaged, or not one that torch.save or torch.jit.save writes.</exception>
    public static TorchArchive Open(CheckpointFile file)
    {
        var entries = ZipDirectory.Read(file);
        var pickles = entries.Keys.Where(name => Within(name) == "data.pkl").ToArray();
        if (pickles.Length != 1)
        {
            throw pickles.Length > 1 ? file.Refused("has several data.pkl") : ForeignFile.OfZip(file, entries.Keys);
        }

        var prefix = pickles[0][..^"data.pkl".Length];
        var archive = new TorchArchive(file, entries, prefix, "data/", []) { IsSwapped = IsBigEndian(file, entries, prefix) };
        return archive;
    }

    public bool Has(string name) => _entries.ContainsKey(_prefix + name);

    /// <summary>Opens a pickle.</summary>
    /// <exception cref="CheckpointException">It is too long.</exception>
    public StoredBytes OpenPickle(string name)
    {
        var entry = _entries[_prefix + name];
        return entry.Length > MaxPickle || (entry.IsDeflated && entry.Length > FreePickle + (PickleRatio * entry.Stored))
            ? throw _file.Refused(
                $"{name} has {entry.Length} bytes, stored in {entry.Stored}: too many",
                "Unpack the archive, and pack it again without compression.")
            : StoredBytes.Open(_file, entry);
    }

    /// <summary>A small file as text; null when there is none.</summary>
    public string? ReadText(string name, int limit)
    {
        if (!_entries.TryGetValue(_prefix + name, out var entry) || entry.Length > limit)
        {
            return null;
        }

        using var bytes = StoredBytes.Open(_file, entry);
        var text = new byte[entry.Length];
        bytes.Read(text);
        return Encoding.UTF8.GetString(text);
    }

    public TorchMemory Find(string key, TorchElement? element, long count)
    {
        if (!_memories.TryGetValue(key, out var memory))
        {
            if (!_entries.TryGetValue($"{_prefix}{_folder}{key}", out var entry)
                && !_entries.TryGetValue($"{_prefix}data/{key}", out entry))
            {
                throw new PickleException($"refers to the storage '{key}', which the archive does not hold", isRefusal: false);
            }

            _memories.Add(key, memory = new TorchMemory(key, entry.Length) { Open = () => StoredBytes.Open(_file, entry) });
        }

        return count >= 0 && (element is null || (Int128)count * element.Size == memory.Length)
            ? memory
            : throw new PickleException(
                $"gives the storage '{key}' {count} elements of {element?.Name ?? "some type"}, but it has {memory.Length} bytes",
                isRefusal: false);
    }

    /// <summary>The name behind the archive's own folder.</summary>
    private static string? Within(string name) => name.IndexOf('/') is var slash and >= 0 ? name[(slash + 1)..] : null;

    private static bool IsBigEndian(CheckpointFile file, Dictionary<string, ZipEntry> entries, string prefix)
    {
        if (!entries.TryGetValue(prefix + "byteorder", out var entry))
        {
            return false;
        }

        using var bytes = StoredBytes.Open(file, entry);
        var text = new byte[Math.Min(entry.Length, 16)];
        bytes.Read(text);
        var order = Encoding.ASCII.GetString(text);
        if (order is not ("little" or "big"))
        {
            throw file.Damaged($"has the byte order '{order}', which is none");
        }

        // PyTorch writes that record only together with one of these, and older versions do not look at it: what
        // the bytes are is not known.
        return order == "big" && (entries.ContainsKey(prefix + ".data/serialization_id") || entries.ContainsKey(prefix + ".format_version")
            ? true
            : throw file.Refused(
                "says that it is big-endian, but is not from a PyTorch that writes such files (2.1 or later), so that its numbers could be "
                + "read in two ways",
                "Save it again in Python: torch.save(torch.load(path), path)."));
    }
}
