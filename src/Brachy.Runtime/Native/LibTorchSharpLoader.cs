using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>Loads TorchSharp's native library where the runtime's own search could not.</summary>
/// <param name="folders">Where the application keeps its native libraries.</param>
/// <param name="cacheFolder">Where an edited copy may be kept, or null.</param>
internal sealed class LibTorchSharpLoader(NativeFolders folders, string? cacheFolder)
{
    public const string FileName = "libLibTorchSharp.so";

    private const string Remedy = "Add the NuGet package libtorch-cpu-linux-x64 2.10.0 "
        + "(or TorchSharp-cuda-linux, for NVIDIA GPUs) to the project of the executable.";

    // Each needs the ones before it. Once they are loaded, a copy in any folder finds them by name.
    private static readonly string[] s_libtorch = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    // What the folders lack and the system gave, of which nobody knows whether it fits.
    private readonly List<string> _systems = [];

    /// <exception cref="NativeLibraryException">It cannot be loaded; the message says why.</exception>
    public (nint Handle, NativeRuntimeState State) Load()
    {
        var library = folders.Find(FileName) ?? throw new NativeLibraryException(
            $"{FileName} was not found in {folders}. Add the NuGet package TorchSharp to the project of the executable.");
        foreach (var name in s_libtorch)
        {
            LoadLibtorch(name);
        }

        string cause;
        try
        {
            return (NativeLibrary.Load(library), new NativeRuntimeState.Untouched());
        }
        catch (Exception failure) when (LoadFailure.IsLoadFailure(failure))
        {
            cause = LoadFailure.Describe(library, failure);
            if (!failure.Message.Contains(SymbolVersionEdit.NewerVersion, StringComparison.Ordinal))
            {
                throw Failure(cause, failure);
            }
        }

        try
        {
            var (handle, path) = new EditedLibrary(library, cacheFolder).Load();
            return (handle, new NativeRuntimeState.Patched(path));
        }
        catch (NativeLibraryException failure)
        {
            throw Failure($"{cause} {failure.Message}", failure);
        }
    }

    private void LoadLibtorch(string name)
    {
        if (folders.Find(name) is not { } path)
        {
            // It may be in memory already, or where the system looks.
            if (NativeLibrary.TryLoad(name, out _))
            {
                _systems.Add(name);
                return;
            }

            throw new NativeLibraryException($"{name} was not found in {folders}. {Remedy}");
        }

        try
        {
            NativeLibrary.Load(path);
        }
        catch (Exception failure) when (LoadFailure.IsLoadFailure(failure))
        {
            throw Failure(LoadFailure.Describe(path, failure), failure);
        }
    }

    private NativeLibraryException Failure(string cause, Exception failure) => new(
        _systems is []
            ? cause
            : $"{string.Join(" and ", _systems)} was not found in {folders}, and what the system has under that name does not fit: "
                + $"{cause} {Remedy}",
        failure);
}
