using Brachy.IO;

namespace Brachy.Models;

/// <summary>Finds the weights of a model in a folder.</summary>
internal static class WeightFiles
{
    private static readonly string[] s_names =
    [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json", "model.onnx",
        "onnx/model.onnx",
    ];

    /// <param name="path">A file, or a folder with one of the usual names in it.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or none with weights in the folder.</exception>
    /// <exception cref="CheckpointException">A file is damaged or hostile.</exception>
    public static IWeightSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? OpenFile(path) : throw new FileNotFoundException($"There is no file or folder '{path}'.", path);
        }

        var found = Array.Find(s_names, name => File.Exists(Path.Combine(path, name))) ?? throw new FileNotFoundException(
            $"The folder '{path}' has no weights: none of {string.Join(", ", s_names)} is there. Nothing is downloaded; "
            + "give the folder of a model that was, or the path of its file.", path);
        return OpenFile(Path.Combine(path, found));
    }

    private static IWeightSource OpenFile(string path) => Path.GetFileName(path) switch
    {
        var name when Ends(name, ".safetensors.index.json") => new ShardedSource(path, file => new SafeTensorsSource(file)),
        var name when Ends(name, ".index.json") => new ShardedSource(path, OpenTorch),
        var name when Ends(name, ".safetensors") => new SafeTensorsSource(path),
        var name when Ends(name, ".onnx") => new LoadedSource(path, OnnxFile.ReadStateDict(path), isOwned: true),
        var name when Ends(name, ".bin") || Ends(name, ".pt") || Ends(name, ".pth") => OpenTorch(path),
        _ => throw new CheckpointException(
            path, "has a name of none of the kinds that are read",
            "Give a .safetensors, .bin, .pt, .pth or .onnx file, an .index.json of several, or the folder of one."),
    };

    private static LoadedSource OpenTorch(string path) => new(path, TorchFile.LoadStateDict(path), isOwned: true);

    private static bool Ends(string name, string ending) => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
