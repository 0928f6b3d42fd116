using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

/// <summary>
/// This test application in a folder of its own, laid out as a published one: native libraries beside the assemblies.
/// </summary>
internal sealed class ApplicationCopy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ApplicationCopy()
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
        {
            File.Copy(file, _folder[Path.GetFileName(file)]);
        }

        var settings = $"{typeof(ApplicationCopy).Assembly.GetName().Name}.runtimeconfig.json";
        File.Copy(Path.Combine(AppContext.BaseDirectory, settings), _folder[settings]);
        var libtorch = Path.GetDirectoryName(NativeFolders.OfApplication.Find("libtorch_cpu.so"))!;
        foreach (var file in Directory.GetFiles(libtorch, "lib*.so*"))
        {
            File.CreateSymbolicLink(_folder[Path.GetFileName(file)], file);
        }

        File.Delete(_folder[LibTorchSharpLoader.FileName]);
        File.Copy(RealLibrary.Path, _folder[LibTorchSharpLoader.FileName]);
    }

    public string Assembly => _folder[Path.GetFileName(typeof(ApplicationCopy).Assembly.Location)];

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();
}
