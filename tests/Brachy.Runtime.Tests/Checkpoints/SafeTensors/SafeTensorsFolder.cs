using System.Buffers.Binary;
using System.Text;

namespace Brachy.Tests.Checkpoints;

/// <summary>A folder for one test, and safetensors files put together by hand in it.</summary>
public sealed class SafeTensorsFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brachy-safetensors");

    public string File => Path.Combine(_folder.FullName, "model.safetensors");

    public string[] Names => [.. Directory.GetFileSystemEntries(_folder.FullName).Select(n => Path.GetFileName(n)!)];

    public static byte[] Assemble(string header, params byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        data.CopyTo(bytes, 8 + json.Length);
        return bytes;
    }

    public string Write(byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File, bytes);
        return File;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
