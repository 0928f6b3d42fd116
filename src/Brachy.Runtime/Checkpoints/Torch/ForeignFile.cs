using System.Buffers.Binary;
using System.Text;

namespace Brachy.IO;

/// <summary>
/// Says what a file is that a reader does not take, by how it begins: most are downloads that went wrong, or other formats.
/// </summary>
internal static class ForeignFile
{
    // The mark of tar archives ends at byte 262.
    private const int StartLength = 512;
    private const string Download = "Download the file itself again.";
    private const string Unpack = "Unpack it, and read what is in it.";
    private const string Export = "Save the weights from Python with PyTorch: torch.save(module.state_dict(), path).";

    /// <summary>What to say of a file that is no zip archive and no file of PyTorch before 1.6.</summary>
    public static CheckpointException Of(CheckpointFile file, ReadOnlySpan<byte> start)
    {
        var (problem, advice) = ByContent(file, start) ?? (start is [0x08, <= 20, 0x12 or 0x3a or 0x1a, ..]
            ? ("looks like an ONNX model or a graph of TensorFlow", "Read the weights of an ONNX model with OnnxFile.ReadWeights.")
            : (
                "is no file that PyTorch writes",
                "A checkpoint is what torch.save writes: a zip archive, or before PyTorch 1.6 a sequence of pickles."));
        return file.Refused(problem, advice);
    }

    /// <summary>What to say of a file that is no ONNX model.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="problem">Why it is none, where it is not known what else it is.</param>
    public static CheckpointException NotOnnx(CheckpointFile file, ReadOnlySpan<byte> start, string problem)
    {
        (string Problem, string? Advice)? known = start is [(byte)'P', (byte)'K', 3, 4, ..] || LegacyTorchFile.Is(start)
            ? ("is no ONNX model, but perhaps a file of PyTorch", "Read it with TorchFile.Load.")
            : ByContent(file, start);
        return known is { } foreign
            ? file.Refused(foreign.Problem, foreign.Advice)
            : file.Damaged($"is no ONNX model, or was cut short: it {problem}");
    }

    /// <summary>What to say of a file that is no <c>.safetensors</c> file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="problem">Why it is none, where it is not known what else it is.</param>
    public static CheckpointException NotSafeTensors(CheckpointFile file, string problem)
    {
        ReadOnlySpan<byte> start = file.Read(0, Math.Min(file.Length, StartLength), "the beginning");
        (string Problem, string? Advice)? known = start switch
        {
            // Its own beginning: it is damaged, or was cut short.
            [_, _, _, _, _, _, 0, 0, (byte)'{', ..] => null,
            [(byte)'P', (byte)'K', 3, 4, ..] => ("is no safetensors file, but perhaps one of PyTorch", "Read it with TorchFile.Load."),
            _ => ByContent(file, start),
        };
        return known is { } foreign ? file.Refused(foreign.Problem, foreign.Advice) : file.Damaged(problem);
    }

    /// <summary>What to say of a zip archive without <c>data.pkl</c>.</summary>
    public static CheckpointException OfZip(CheckpointFile file, IReadOnlyCollection<string> names)
    {
        var some = TorchValue.Names(names);
        var (problem, advice) = names switch
        {
            { Count: 0 } => ("is an empty zip archive", Download),
            _ when names.Contains("data.pkl") => (
                "is a zip archive whose data.pkl lies in no folder, which PyTorch does not read either",
                "Pack it again with one folder around all, as in zip -r -0 model.pt model/."),
            _ when names.All(n => n.EndsWith(".npy", StringComparison.Ordinal)) => ("is a .npz archive of NumPy", Export),
            _ when Has("serialized_exported_program.json") || Has("archive_format") => ("is a program of torch.export", Export),
            _ when Has("extern_modules") => ("is a package of torch.package, with code", Export),
            _ when Has("model.json") =>
                ("is a TorchScript program of PyTorch before 1.4",
                    "Save it again with a newer one: torch.jit.save(torch.jit.load(path), path)."),
            _ when Has("model.weights.h5") || names.Contains("config.json") => ("is a model of Keras", Export),
            _ => ($"is a zip archive, but has no data.pkl; it has {some}", "A checkpoint is what torch.save writes."),
        };
        return file.Refused(problem, advice);

        bool Has(string name) => names.Any(n => n == name || n.EndsWith("/" + name, StringComparison.Ordinal));
    }

    private static (string Problem, string? Advice)? ByContent(CheckpointFile file, ReadOnlySpan<byte> start) => start switch
    {
        [] => ("is empty", Download),
        [0x1f, 0x8b, ..] => ("is compressed with gzip", Unpack),
        [(byte)'B', (byte)'Z', (byte)'h', ..] => ("is compressed with bzip2", Unpack),
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => ("is compressed with xz", Unpack),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("is compressed with zstd", Unpack),
        [0x04, 0x22, 0x4d, 0x18, ..] => ("is compressed with lz4", Unpack),
        [(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => ("is a 7z archive", Unpack),
        [(byte)'R', (byte)'a', (byte)'r', (byte)'!', ..] => ("is a rar archive", Unpack),
        [(byte)'P', (byte)'K', 5, 6, ..] => ("is an empty zip archive", Download),
        [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => ("is a GGUF file of llama.cpp", Export),
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => ("is an HDF5 file, as Keras writes", Export),
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => ("is a .npy array of NumPy", Export),
        [_, _, _, _, (byte)'T', (byte)'F', (byte)'L', (byte)'3', ..] => ("is a TensorFlow Lite model", Export),
        [_, _, _, _, (byte)'E', (byte)'T', (byte)'1', _, ..] => ("is a program of ExecuTorch", Export),
        [_, _, _, _, _, _, 0, 0, (byte)'{', ..] => ("is a .safetensors file", "Read it with SafeTensors.Load."),
        _ when start.Length > 262 && start[257..].StartsWith("ustar"u8) => (IsOldTorch(start)
            ? ("is a tar archive of PyTorch before 0.1.10", "Save it again with a newer one: torch.save(torch.load(path), path).")
            : ("is a tar archive", Unpack)),
        _ when IsOldTorch(start) =>
            ("is a tar archive of PyTorch before 0.1.10", "Save it again with a newer one: torch.save(torch.load(path), path)."),
        [0x80, <= 5, ..] => ("is a bare pickle, not one that torch.save made", Export),
        _ when IsTensorFlowIndex(file) => ("is the index of a TensorFlow checkpoint", Export),
        _ => OfText(start),
    };

    private static bool IsOldTorch(ReadOnlySpan<byte> start) =>
        start.StartsWith("sys_info\0"u8) || start.StartsWith("./sys_info\0"u8) || start.StartsWith("storages\0"u8);

    /// <summary>Its last eight bytes are the magic number of LevelDB's tables.</summary>
    private static bool IsTensorFlowIndex(CheckpointFile file) =>
        file.Length >= 48 && BinaryPrimitives.ReadUInt64LittleEndian(file.Read(file.Length - 8, 8, "the end")) == 0xdb4775248b80fb57;

    private static (string Problem, string? Advice)? OfText(ReadOnlySpan<byte> start)
    {
        var isUtf16 = start is [0xff, 0xfe, ..] or [0xfe, 0xff, ..];
        var text = (isUtf16 ? (start[0] == 0xff ? Encoding.Unicode : Encoding.BigEndianUnicode) : Encoding.UTF8).GetString(start)
            .TrimStart('\ufeff', ' ', '\t', '\r', '\n');
        if (text.StartsWith("version https://git-lfs", StringComparison.Ordinal))
        {
            return ("is a pointer of git-lfs, which stands for the file in a repository", "Get the file itself: git lfs pull.");
        }

        if (text.StartsWith('<'))
        {
            return ("is a web page (HTML or XML), perhaps that of a download that needs a login", Download);
        }

        var isText = text.Length > 0 && !text.Any(c => (char.IsControl(c) && c is not ('\r' or '\n' or '\t')) || c == '\ufffd');
        return isText && (text[0] is '{' or '[')
            ? (
                "is JSON, perhaps the message of a download that failed, or the index of a checkpoint in parts",
                "Read the parts that it names, or download the file itself again.")
            : isText
                ? ($"is text that begins with '{(text.Length <= 40 ? text : text[..40] + "…").ReplaceLineEndings(" ")}'", Download)
                : null;
    }
}
