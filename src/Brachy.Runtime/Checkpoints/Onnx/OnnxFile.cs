using Brachy.Trees;

namespace Brachy.IO;

/// <summary>
/// Reads the weights of ONNX models (<c>.onnx</c>): the initializers of the graph and the values of its Constant nodes, by name; what the
/// model computes is not looked at. A plain dictionary of them is put into a model by <see cref="Import.FromStateDict"/>.
/// </summary>
/// <remarks>
/// Tensors of the graphs in loops and choices (bodies of <c>If</c>, <c>Loop</c>, <c>Scan</c>) have the name of the node's first output and
/// that of the attribute in front, as in <c>y.then_branch.weight</c>, since two branches may use one name. Left out are functions of the
/// model, whose constants are values of a call, and what it says of training.
/// </remarks>
public static class OnnxFile
{
    /// <summary>
    /// The weights by name, in the order of the file. A complex tensor comes as its real and imaginary parts in one more dim of size 2.
    /// Data in other files is read from the folder of the model, and from nowhere else; two tensors of the same bytes there are one
    /// <see cref="Tensor"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="names">
    /// Which tensors; all by default. The elements of others are not read, and may be of types that Brachy does not have. Filters that
    /// look at tensors are refused.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">
    /// The file is damaged or no ONNX model, a tensor has an element type that Brachy does not have, or its data lies in a file that is not
    /// there, or not in the folder of the model.
    /// </exception>
    /// <exception cref="ArgumentException">The filter looks at tensors.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadWeights(string path, PathFilter? names = null)
    {
        using var file = CheckpointFile.Open(path);
        return Load(file, new OnnxDataFile(path), names);
    }

    /// <summary>The weights of a model in a stream, such as a resource of an assembly: see the other overload.</summary>
    /// <inheritdoc cref="ReadWeights(string, PathFilter)"/>
    /// <param name="stream">
    /// The model, from the stream's position to its end; it can seek, and is left open at some other position. A tensor with its data in
    /// another file is refused.
    /// </param>
    /// <param name="names">Which tensors; all by default.</param>
    /// <exception cref="ArgumentException">The stream cannot be read or cannot seek, or the filter looks at tensors.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadWeights(Stream stream, PathFilter? names = null)
    {
        using var file = CheckpointFile.Of(stream);
        return Load(file, folder: null, names);
    }

    /// <summary>Names, types and shapes of the weights, in the order of the file, without the elements.</summary>
    /// <param name="path">The file. Other files with its data are not opened.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged or no ONNX model.</exception>
    public static IReadOnlyList<OnnxWeightInfo> ReadInfo(string path)
    {
        using var file = CheckpointFile.Open(path);
        return Info(file);
    }

    /// <summary>Names, types and shapes of the weights of a model in a stream: see the other overload.</summary>
    /// <inheritdoc cref="ReadInfo(string)"/>
    /// <param name="stream">
    /// The model, from the stream's position to its end; it can seek, and is left open at some other position.
    /// </param>
    /// <exception cref="ArgumentException">The stream cannot be read, or cannot seek.</exception>
    public static IReadOnlyList<OnnxWeightInfo> ReadInfo(Stream stream)
    {
        using var file = CheckpointFile.Of(stream);
        return Info(file);
    }

    private static OrderedDictionary<string, Tensor> Load(CheckpointFile file, OnnxDataFile? folder, PathFilter? names)
    {
        var reader = new WireReader(file);
        var tensors = OnnxModel.Read(reader).Values.Where(t => names?.MatchesPath(t.Name) != false);
        return new OnnxLoader(reader, folder).Load([.. tensors]);
    }

    private static OnnxWeightInfo[] Info(CheckpointFile file) => [.. OnnxModel.Read(new WireReader(file)).Values.Select(t => t.Info)];
}
