using System.Text;

namespace Brachy.Tests.Shared;

/// <summary>A folder that is gone at the end of a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("brachy-tests-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file, with its folder, and returns its path.</summary>
    public string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public string[] Files() => Directory.GetFiles(Path).Select(f => System.IO.Path.GetFileName(f)).ToArray();

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
