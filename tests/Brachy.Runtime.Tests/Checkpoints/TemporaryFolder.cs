namespace Brachy.Tests.Checkpoints;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brachy-");

    public string this[string name] => Path.Combine(_folder.FullName, name);

    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public string[] Files() => Directory.GetFiles(_folder.FullName).Select(f => Path.GetFileName(f)).ToArray();

    public void Dispose() => _folder.Delete(recursive: true);
}
