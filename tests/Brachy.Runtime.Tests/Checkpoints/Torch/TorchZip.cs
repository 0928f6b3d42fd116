using System.IO.Compression;
using System.Runtime.InteropServices;
using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Makes checkpoints with .NET's own zip writer, by the rules of torch.save.</summary>
internal static class TorchZip
{
    public static byte[] Bytes(byte[] pickle, params (string Key, byte[] Data)[] storages) =>
        Zip([("model/data.pkl", pickle), ("model/byteorder", "little"u8.ToArray()), .. storages.Select(
            s => ("model/data/" + s.Key, s.Data)), ("model/version", "3\n"u8.ToArray())]);

    public static byte[] Zip(IEnumerable<(string Name, byte[] Data)> entries, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, data) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(data);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Of<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    /// <summary>Reads bytes as a checkpoint.</summary>
    public static TorchValue Load(byte[] file)
    {
        using var folder = new TemporaryFolder();
        return TorchFile.Load(folder.Write("x.pt", file));
    }

    public static CheckpointException Refused(byte[] file) => Assert.Throws<CheckpointException>(() => Load(file));
}
