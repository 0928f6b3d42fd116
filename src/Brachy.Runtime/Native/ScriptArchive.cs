using System.IO.Compression;
using System.Text;

namespace Brachy.Native;

/// <summary>
/// TorchScript in the format of saved modules: a zip file with the code of a class and a pickled object of it without attributes.
/// Code that is loaded so can call every registered operator, which code that is compiled from text cannot.
/// </summary>
internal static class ScriptArchive
{
    private const string Class = "Function";

    // Which versions of operators the code means: those of today.
    private const string FormatVersion = "10\n";

    // Protocol 2; the class; no arguments; a new object; an empty state, set; the end.
    private static readonly byte[] s_object =
        [0x80, 2, .. Encoding.ASCII.GetBytes($"c__torch__\n{Class}\n"), (byte)')', 0x81, (byte)'}', (byte)'b', (byte)'.'];

    private static readonly byte[] s_emptyTuple = [0x80, 2, (byte)')', (byte)'.'];

    /// <summary>An archive of a class with one method.</summary>
    /// <param name="script">A function; parameters without types are tensors.</param>
    public static byte[] Write(string script)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            Add("data.pkl", s_object);
            Add("code/__torch__.py", Encoding.ASCII.GetBytes(Code(script)));
            Add("constants.pkl", s_emptyTuple);
            Add("version", Encoding.ASCII.GetBytes(FormatVersion));

            void Add(string name, byte[] content)
            {
                // libtorch reads only what is not compressed.
                using var entry = zip.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private static string Code(string script)
    {
        var code = new StringBuilder($"class {Class}(Module):\n  __parameters__ = []\n  __buffers__ = []\n");
        foreach (var line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            code.Append("  ").Append(Method(line)).Append('\n');
        }

        return code.ToString();
    }

    private static string Method(string line)
    {
        if (!line.StartsWith("def ", StringComparison.Ordinal))
        {
            return line;
        }

        var (open, close) = (line.IndexOf('(', StringComparison.Ordinal), line.LastIndexOf(')'));
        var parameters = line[(open + 1)..close].Split(", ", StringSplitOptions.RemoveEmptyEntries)
            .Select(name => name.Contains(':', StringComparison.Ordinal) ? $", {name}" : $", {name}: Tensor");
        return $"{line[..open]}(self: __torch__.{Class}{string.Concat(parameters)}):";
    }
}
