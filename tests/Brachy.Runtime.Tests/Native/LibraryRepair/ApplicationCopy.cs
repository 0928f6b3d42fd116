using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

/// <summary>
/// This test application in a folder of its own, laid out as a published one: native libraries beside the assemblies.
/// </summary>
internal sealed class ApplicationCopy : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ApplicationCopy()
    {
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        var settings = $"{typeof(ApplicationCopy).Assembly.GetName().Name}.runtimeconfig.json";
        File.Copy(Path.Combine(AppContext.BaseDirectory, settings), folder[settings]);
        var libtorch = Path.GetDirectoryName(NativeFolders.OfApplication.Find("libtorch_cpu.so"))!;
        foreach (var file in Directory.GetFiles(libtorch, "lib*.so*"))
        {
            File.CreateSymbolicLink(folder[Path.GetFileName(file)], file);
        }

        File.Delete(folder[LibTorchSharpLoader.FileName]);
        File.Copy(RealLibrary.Path, folder[LibTorchSharpLoader.FileName]);
    }

    public string Assembly => folder[Path.GetFileName(typeof(ApplicationCopy).Assembly.Location)];

    public string this[string name] => folder[name];

    public void Dispose() => folder.Dispose();
}
