using Brachy.Native;

namespace Brachy.Tests.Native;

/// <summary>TorchSharp's library as it lies in the test output folder.</summary>
internal static class RealLibrary
{
    public static string Path { get; } =
        NativeFolders.OfApplication.Find(LibTorchSharpLoader.FileName)
        ?? throw new FileNotFoundException($"{LibTorchSharpLoader.FileName} is missing from the test output.");

    public static byte[] Read() => File.ReadAllBytes(Path);

    public static byte[] ReadEdited()
    {
        var image = Read();
        SymbolVersionEdit.Apply(image, Path);
        return image;
    }
}
