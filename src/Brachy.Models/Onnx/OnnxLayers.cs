using Brachy.IO;
using Brachy.Modules;
using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// Brings the weights of an ONNX file into a model by what they are, whatever they are called: exporters make up names, as in
/// <c>onnx::Conv_193</c> or <c>Parameter91</c>.
/// </summary>
/// <remarks>
/// <para>The layers of the file (<c>Conv</c>, <c>Gemm</c>, <c>MatMul</c> and <c>Add</c>, with the <c>BatchNormalization</c> that follows)
/// and those of the tree are matched by the shape of their weight, and where several are alike, in the order in which they compute; that
/// has to be the order of the tree, as it is for networks whose layers follow each other. Embeddings, layer norms and packed attention
/// are not found; files that kept their names are read by <see cref="OnnxFile.ReadStateDict(string, Trees.PathFilter)"/>.</para>
/// <para>A norm that the exporter has folded into its convolution becomes one that only adds the bias.</para>
/// </remarks>
public static class OnnxLayers
{
    /// <summary>A model with the weights of a file.</summary>
    /// <param name="make">Makes the module, as in <c>() => ResNet.ResNet18()</c>.</param>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="options">How to load; strictly, in the element type of the file, by default.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">
    /// The file is damaged; or, with <see cref="PretrainedOptions.Strict"/>, something does not fit: the message lists all of it.
    /// </exception>
    public static PretrainedModel Load(Func<StateOrganizer> make, string path, PretrainedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(make);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var outline = ModuleOutline.Of(make, Rng.Seed(0));
        using var source = new LoadedSource(path, ReadStateDict(path, outline.Tree), isOwned: true);
        return Pretrained.Load(make, source, null, options);
    }

    /// <summary>The weights of a file under the names that they have in a model.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="tree">The model; its values are not looked at.</param>
    /// <returns>
    /// Tensors by the paths of the tree. Layers of the file that the model does not have keep the name that the weight has in the file;
    /// what the file does not have is left out.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, or no ONNX model.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadStateDict(string path, StructureTree tree)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tree);
        var file = OnnxLayerList.Read(path);
        var values = new OnnxLayerValues(OnnxFile.ReadWeights(path));
        var nodes = tree.Nodes().ToArray();
        var places = nodes.Where(n => IsLayer(n.Node)).GroupBy(n => n.Node.Params["weight"].Tensor.shape).ToDictionary(
            group => group.Key, group => new Queue<(string Path, StructureTree Node)>(group.Select(n => (n.Path, n.Node))));
        var free = nodes.Where(n => n.Node.Buffers.ContainsKey("running_mean")).ToList();
        foreach (var layer in file.Layers)
        {
            if (!places.TryGetValue(layer.Shape, out var alike) || !alike.TryDequeue(out var place))
            {
                values.AddUnknown(layer);
                continue;
            }

            var at = Array.FindIndex(nodes, n => ReferenceEquals(n.Node, place.Node));
            var hasBias = place.Node.Params.TryGetValue("bias", out var own) && own.IsTensor;
            var isFolded = file.IsFolded && layer.Bias is not null;
            if (layer.Norm is not null || isFolded)
            {
                var next = free.FindIndex(n => Array.IndexOf(nodes, n) > at && Channels(n.Node) == layer.Shape[0]);
                if (next >= 0 && (!isFolded || !hasBias || IsNext(nodes, at, free[next].Node)))
                {
                    values.AddNorm(free[next].Path, free[next].Node, layer.Norm, hasBias ? null : layer.Bias);
                    free.RemoveAt(next);
                }
            }

            values.AddLayer(place.Path, layer, hasBias);
        }

        foreach (var norm in file.Norms)
        {
            var next = free.FindIndex(n => Channels(n.Node) == norm.Channels);
            if (next >= 0)
            {
                values.AddNorm(free[next].Path, free[next].Node, norm, bias: null);
                free.RemoveAt(next);
            }
        }

        return values.Take();
    }

    private static bool IsLayer(StructureTree node) => node.Params.TryGetValue("weight", out var weight)
        && weight is { IsTensor: true, Tensor.ndim: > 1 } && node.ApplyFn != Embedding.ApplyFunction;

    /// <summary>Whether no other node between has params.</summary>
    private static bool IsNext((string Path, StructureTree Node)[] nodes, int at, StructureTree norm) => ReferenceEquals(
        nodes.Skip(at + 1).First(n => n.Node.Params.Any(p => p.Value.IsTensor) || ReferenceEquals(n.Node, norm)).Node, norm);

    private static long Channels(StructureTree norm) => norm.Buffers["running_mean"].Tensor.shape[0];
}
