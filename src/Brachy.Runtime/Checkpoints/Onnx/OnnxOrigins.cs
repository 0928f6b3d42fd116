namespace Brachy.IO;

/// <summary>Where a weight of a PyTorch module is found in the file that the module was exported to.</summary>
/// <param name="Name">Its name in the <c>state_dict</c>.</param>
/// <param name="Stored">The name of the tensor in the file.</param>
/// <param name="IsTransposed">Whether it is stored as the operand of a product, [in, out].</param>
internal sealed record OnnxOrigin(string Name, string Stored, bool IsTransposed);

/// <summary>
/// Finds the names of a <c>state_dict</c> again. PyTorch's exporter keeps them, but for the weights of linear layers: those become operands
/// of MatMul, transposed, under names such as <c>onnx::MatMul_12</c> or <c>927</c>. What is added to the product has the name of the bias;
/// where nothing is, the node has the path of its module. Equal weights are stored once, with nodes (Identity) that give the other names.
/// </summary>
internal sealed class OnnxOrigins
{
    private readonly WireReader _reader;
    private readonly OrderedDictionary<string, OnnxTensor> _tensors;

    // From the result of a product to its weight and the path of its node.
    private readonly Dictionary<string, (string Weight, string Path)> _products = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _biases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _same = new(StringComparer.Ordinal);

    private OnnxOrigins(WireReader reader, OrderedDictionary<string, OnnxTensor> tensors) => (_reader, _tensors) = (reader, tensors);

    /// <summary>The weights of the module, in the order of the file.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static IReadOnlyList<OnnxOrigin> Of(WireReader reader, OrderedDictionary<string, OnnxTensor> tensors)
    {
        var origins = new OnnxOrigins(reader, tensors);
        try
        {
            for (var graph = new WireMessage(reader, OnnxModel.FindGraph(reader)); graph.Next();)
            {
                if (graph.Field == 1)
                {
                    origins.Read(graph.Bytes);
                }
            }
        }
        catch (WireException error)
        {
            throw reader.File.Damaged($"the graph {error.Message}");
        }

        return origins.Find();
    }

    private void Read(WireRange range)
    {
        var (type, domain, name) = ("", "", "");
        var (inputs, outputs) = (new List<string>(), new List<string>());
        for (var node = new WireMessage(_reader, range); node.Next();)
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(node.Text);
                    break;
                case 2:
                    outputs.Add(node.Text);
                    break;
                case 3:
                    name = node.Text;
                    break;
                case 4:
                    type = node.Text;
                    break;
                case 7:
                    domain = node.Text;
                    break;
            }
        }

        inputs.ForEach(input => _uses[input] = _uses.GetValueOrDefault(input) + 1);
        if (domain is not ("" or "ai.onnx") || outputs.Count != 1)
        {
            return;
        }

        switch (type)
        {
            case "MatMul" when inputs is [_, var weight] && IsWeight(weight, rank: 2):
                _products[outputs[0]] = (weight, ModuleOf(name));
                break;
            case "Add" when inputs is [var left, var right]:
                AddBias(left, right);
                AddBias(right, left);
                break;
            case "Identity" when inputs is [var other] && IsWeight(other, rank: null):
                _same[outputs[0]] = other;
                break;
        }
    }

    private void AddBias(string product, string bias)
    {
        if (_products.ContainsKey(product) && bias.EndsWith(".bias", StringComparison.Ordinal)
            && IsWeight(_same.GetValueOrDefault(bias, bias), rank: 1))
        {
            _biases[product] = bias;
        }
    }

    private OnnxOrigin[] Find()
    {
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (product, (weight, path)) in _products)
        {
            // A tensor of several products belongs to none of them alone.
            if (IsNameless(weight) && _uses[weight] == 1)
            {
                var module = _biases.TryGetValue(product, out var bias) ? bias[..^".bias".Length] : path;
                if (module.Length > 0)
                {
                    renamed[weight] = module + ".weight";
                }
            }
        }

        var origins = new OrderedDictionary<string, OnnxOrigin>(StringComparer.Ordinal);
        foreach (var tensor in _tensors.Values.Where(t => !t.IsConstant))
        {
            if (renamed.TryGetValue(tensor.Name, out var name))
            {
                origins.TryAdd(name, new(name, tensor.Name, IsTransposed: true));
            }
            else if (!IsNameless(tensor.Name))
            {
                origins[tensor.Name] = new(tensor.Name, tensor.Name, IsTransposed: false);
            }
        }

        foreach (var (name, stored) in _same.Where(s => !IsNameless(s.Key)))
        {
            origins.TryAdd(name, new(name, stored, IsTransposed: false));
        }

        return [.. origins.Values];
    }

    private bool IsWeight(string name, int? rank) =>
        _tensors.TryGetValue(name, out var tensor) && (rank is null || tensor.Shape.Rank == rank);

    /// <summary>Whether the exporter made the name up.</summary>
    private static bool IsNameless(string name) => name.Contains("::", StringComparison.Ordinal) || name.All(char.IsAsciiDigit)
        || name.StartsWith('/');

    /// <summary>The module's path in the name of a node, such as <c>/encoder/layer.0/query/MatMul</c>; empty when it has none.</summary>
    private static string ModuleOf(string node)
    {
        var last = node.LastIndexOf('/');
        return node.StartsWith('/') && last > 0 ? node[1..last].Replace('/', '.') : "";
    }
}
