using System.Text;

namespace Brachy;

/// <summary>
/// The files of a checkpoint of PyTorch 1.6 or later: a zip archive with <c>name/data.pkl</c>, <c>name/data/key</c> for each storage,
/// <c>name/version</c> and <c>name/byteorder</c>. Older and other formats are recognised, to say what to do.
/// </summary>
internal sealed class TorchArchive
{
    private const long MaxPickle = 1L << 28;
    private readonly Dictionary<string, ZipEntry> _entries;
    private readonly string _prefix;

    private TorchArchive(CheckpointFile file, Dictionary<string, ZipEntry> entries, string prefix)
    {
        File = file;
        _entries = entries;
        _prefix = prefix;
    }

    public CheckpointFile File { get; }

    public static TorchArchive Open(CheckpointFile file)
    {
        RequireZip(file);
        var entries = ZipDirectory.Read(file);
        if (entries.Keys.Any(name => Within(name) is "constants.pkl" || Within(name)?.StartsWith("code/", StringComparison.Ordinal) == true))
        {
            throw file.Refused("is a TorchScript program, with code", "Save the weights alone in Python: torch.save(module.state_dict(), path).");
        }

        var pickles = entries.Keys.Where(name => Within(name) == "data.pkl").ToArray();
        if (pickles.Length != 1)
        {
            throw file.Refused(
                pickles.Length == 0 ? "is a zip archive, but has no data.pkl" : "has several data.pkl",
                "A checkpoint is what torch.save of PyTorch 1.6 or later writes.");
        }

        var archive = new TorchArchive(file, entries, pickles[0][..^"data.pkl".Length]);
        if (archive.Find("byteorder") is { } order && Encoding.ASCII.GetString(file.Read(order.Offset, Math.Min(order.Length, 16), "byteorder")) is var text and not "little")
        {
            throw file.Refused($"has the byte order '{text}'", "Only little-endian checkpoints can be read; save it again on such a machine.");
        }

        return archive;
    }

    public byte[] ReadPickle()
    {
        var entry = Find("data.pkl")!.Value;
        return entry.Length <= MaxPickle
            ? File.Read(entry.Offset, entry.Length, "data.pkl")
            : throw File.Refused($"data.pkl has {entry.Length} bytes, more than {MaxPickle}");
    }

    public ZipEntry? FindStorage(string key) => Find("data/" + key);

    private static void RequireZip(CheckpointFile file)
    {
        var start = file.Read(0, Math.Min(file.Length, 16), "the beginning");
        if (start is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            return;
        }

        var (problem, advice) = start switch
        {
            [] => ("is empty", null),
            [0x80, _, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, ..] =>
                ("has the format of PyTorch before 1.6", "Save it again with a newer one: torch.save(torch.load(path), path)."),
            [0x80, >= 2 and <= 5, ..] => ("is a bare pickle", "Only what torch.save of PyTorch 1.6 or later writes can be read."),
            [_, _, _, _, _, _, 0, 0, (byte)'{', ..] => ("looks like a .safetensors file", "Read it with SafeTensors."),
            _ => ("is no zip archive", "A checkpoint is what torch.save of PyTorch 1.6 or later writes."),
        };
        throw file.Refused(problem, advice);
    }

    /// <summary>The name behind the archive's own folder.</summary>
    private static string? Within(string name) => name.IndexOf('/') is var slash and >= 0 ? name[(slash + 1)..] : null;

    private ZipEntry? Find(string name) => _entries.TryGetValue(_prefix + name, out var entry) ? entry : null;
}
