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

    /// <summary>
    /// The weights of a model that PyTorch exported, under the names that they have in the <c>state_dict</c> of its module: weights of
    /// linear layers, which the file has transposed and under names such as <c>onnx::MatMul_12</c>, are as they were. They are found by the
    /// bias that is added to the product or, where there is none, by the path that the exporter writes into the name of the node; one that
    /// is found by neither, and what is no weight of a module, such as sizes and other constants, is left out.
    /// </summary>
    /// <param name="path">The file. Other files with its data are read as by <see cref="ReadWeights(string, PathFilter)"/>.</param>
    /// <param name="names">Which weights, by their names in the <c>state_dict</c>; all by default.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">As for <see cref="ReadWeights(string, PathFilter)"/>.</exception>
    /// <exception cref="ArgumentException">The filter looks at tensors.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadStateDict(string path, PathFilter? names = null)
    {
        using var file = CheckpointFile.Open(path);
        return LoadState(file, new OnnxDataFile(path), names);
    }

    /// <summary>The weights of a model in a stream under the names of the <c>state_dict</c>: see the other overload.</summary>
    /// <inheritdoc cref="ReadStateDict(string, PathFilter)"/>
    /// <param name="stream">
    /// The model, from the stream's position to its end; it can seek, and is left open at some other position. A tensor with its data in
    /// another file is refused.
    /// </param>
    /// <param name="names">Which weights; all by default.</param>
    /// <exception cref="ArgumentException">The stream cannot be read or cannot seek, or the filter looks at tensors.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadStateDict(Stream stream, PathFilter? names = null)
    {
        using var file = CheckpointFile.Of(stream);
        return LoadState(file, folder: null, names);
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

    private static OrderedDictionary<string, Tensor> LoadState(CheckpointFile file, OnnxDataFile? folder, PathFilter? names)
    {
        var reader = new WireReader(file);
        var model = OnnxModel.Read(reader);
        var origins = OnnxOrigins.Of(reader, model).Where(o => names?.MatchesPath(o.Name) != false).ToArray();
        var stored = new OnnxLoader(reader, folder).Load([.. origins.Select(o => o.Stored).Distinct().Select(name => model[name])]);
        var state = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var origin in origins)
        {
            var tensor = stored[origin.Stored];
            state.Add(origin.Name, origin.IsTransposed ? TensorMemory.Transposed(tensor) : tensor);
            if (origin.IsTransposed)
            {
                tensor.Dispose();
            }
        }

        return state;
    }

    private static OnnxWeightInfo[] Info(CheckpointFile file) => [.. OnnxModel.Read(new WireReader(file)).Values.Select(t => t.Info)];
}
