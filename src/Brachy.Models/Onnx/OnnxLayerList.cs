using Brachy.IO;

namespace Brachy.Models;

/// <summary>The layers of an ONNX file that have weights, in the order in which they compute.</summary>
internal sealed class OnnxLayerList
{
    private readonly Dictionary<string, Shape> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxLayer> _byOutput = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _same = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _transposed = new(StringComparer.Ordinal);

    private OnnxLayerList()
    {
    }

    /// <summary>Convolutions and linear layers.</summary>
    public List<OnnxLayer> Layers { get; } = [];

    /// <summary>Norms that follow none of them.</summary>
    public List<OnnxNorm> Norms { get; } = [];

    /// <summary>Whether there is no norm at all: exporters fold them into what comes before.</summary>
    public bool IsFolded => Norms.Count == 0 && Layers.TrueForAll(layer => layer.Norm is null);

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged or no ONNX model.</exception>
    public static OnnxLayerList Read(string path)
    {
        var list = new OnnxLayerList();
        foreach (var info in OnnxFile.ReadInfo(path))
        {
            list._weights[info.Name] = info.Shape;
        }

        var nodes = OnnxNodes.Read(path);
        foreach (var input in nodes.SelectMany(node => node.Inputs))
        {
            list._uses[input] = list._uses.GetValueOrDefault(input) + 1;
        }

        foreach (var node in nodes)
        {
            list.Add(node);
        }

        return list;
    }

    private void Add(OnnxNode node)
    {
        switch (node.OpType)
        {
            case "Identity" when Weight(node, 0) is { } other:
                _same[node.Output] = other;
                break;
            case "Transpose" when Weight(node, 0) is { } other && _weights[other] is { Rank: 2 }:
                _transposed[node.Output] = other;
                break;
            case "Conv" when Weight(node, 1) is { } weight:
                AddLayer(new(node.Output, _weights[weight], weight, false, Weight(node, 2)));
                break;
            case "MatMul" when Weight(node, 1) is { } weight && _weights[weight] is { Rank: 2 } shape:
                AddLayer(new(node.Output, [shape[1], shape[0]], weight, true, null));
                break;
            case "MatMul" when node.Input(1) is { } computed && _transposed.TryGetValue(computed, out var weight):
                AddLayer(new(node.Output, _weights[weight], weight, false, null));
                break;
            case "Gemm" when Weight(node, 1) is { } weight && _weights[weight] is { Rank: 2 } shape && IsPlain(node):
                var isTransposed = node.Integers.GetValueOrDefault("transB") == 0;
                AddLayer(new(node.Output, isTransposed ? [shape[1], shape[0]] : shape, weight, isTransposed, Weight(node, 2)));
                break;
            case "Add":
                AddBias(node, node.Input(0), Weight(node, 1));
                AddBias(node, node.Input(1), Weight(node, 0));
                break;
            case "BatchNormalization":
                AddNorm(node);
                break;
        }
    }

    private void AddLayer(OnnxLayer layer)
    {
        Layers.Add(layer);
        _byOutput[layer.Output] = layer;
    }

    /// <summary>A product and what is added to it are one layer.</summary>
    private void AddBias(OnnxNode node, string? product, string? bias)
    {
        if (product is not null && bias is not null && _byOutput.TryGetValue(product, out var layer) && layer.Bias is null
            && _uses[product] == 1 && _weights[bias] is { Rank: 1 } shape && shape[0] == layer.Shape[0])
        {
            Layers[Layers.IndexOf(layer)] = _byOutput[node.Output] = layer with { Output = node.Output, Bias = bias };
        }
    }

    private void AddNorm(OnnxNode node)
    {
        if ((Weight(node, 1), Weight(node, 2), Weight(node, 3), Weight(node, 4)) is not ({ } scale, { } bias, { } mean, { } variance))
        {
            return;
        }

        var norm = new OnnxNorm(
            _weights[scale].NumElements, scale, bias, mean, variance, node.Reals.GetValueOrDefault("epsilon", 1e-5f));
        if (node.Input(0) is { } input && _byOutput.TryGetValue(input, out var layer) && layer.Norm is null && _uses[input] == 1)
        {
            layer.Norm = norm;
        }
        else
        {
            Norms.Add(norm);
        }
    }

    /// <summary>The name of the weight that is an operand; null where it is computed, or left out.</summary>
    private string? Weight(OnnxNode node, int index)
    {
        var name = node.Input(index);
        name = name is not null && _same.TryGetValue(name, out var other) ? other : name;
        return name is not null && _weights.ContainsKey(name) ? name : null;
    }

    private static bool IsPlain(OnnxNode node) => node.Integers.GetValueOrDefault("transA") == 0
        && node.Reals.GetValueOrDefault("alpha", 1) == 1 && node.Reals.GetValueOrDefault("beta", 1) == 1;
}
