namespace Brachy.IO;

/// <summary>Finds the tensors of a model: initializers and constants of its graph, and of the graphs in loops and choices.</summary>
internal sealed class OnnxModel
{
    private const int StartLength = 512;

    // Real models nest two or three graphs.
    private const int MaxDepth = 32;
    private const long FreePrefixes = 1L << 20;
    private readonly WireReader _reader;
    private readonly OrderedDictionary<string, OnnxTensor> _tensors = new(StringComparer.Ordinal);
    private long _prefixes;

    private OnnxModel(WireReader reader) => _reader = reader;

    private CheckpointFile File => _reader.File;

    /// <summary>The tensors by name, in the order of the file.</summary>
    /// <exception cref="CheckpointException">The file is no ONNX model, or damaged.</exception>
    public static OrderedDictionary<string, OnnxTensor> Read(WireReader reader)
    {
        var model = new OnnxModel(reader);
        var graph = FindGraph(reader);
        try
        {
            model.ReadGraph(graph, prefix: "", depth: 1);
        }
        catch (WireException error)
        {
            throw model.File.Damaged($"the graph {error.Message}");
        }

        return model._tensors;
    }

    /// <summary>Where the graph stands.</summary>
    /// <exception cref="CheckpointException">The file is no ONNX model.</exception>
    public static WireRange FindGraph(WireReader reader)
    {
        var file = reader.File;
        try
        {
            WireRange? graph = null;
            for (var model = new WireMessage(reader, new WireRange(0, file.Length)); model.Next();)
            {
                if (model.Field == 7)
                {
                    graph = graph is null ? model.Bytes : throw new WireException("has two graphs");
                }
            }

            return graph ?? throw new WireException("has no graph");
        }
        catch (WireException error)
        {
            throw ForeignFile.NotOnnx(file, file.Read(0, Math.Min(file.Length, StartLength), "the beginning"), error.Message);
        }
    }

    private void ReadGraph(WireRange range, string prefix, int depth)
    {
        if (depth > MaxDepth)
        {
            throw File.Refused($"has graphs inside graphs, more than {MaxDepth} deep, at byte {range.Start}");
        }

        var initializers = 0;
        for (var graph = new WireMessage(_reader, range); graph.Next();)
        {
            switch (graph.Field)
            {
                case 1:
                    ReadNode(graph.Bytes, prefix, depth);
                    break;
                case 5:
                    Add(graph.Bytes, name: null, prefix, $"the initializer number {initializers++}");
                    break;
                case 15:
                    AddSparse(graph.Bytes, name: null, prefix);
                    break;
            }
        }
    }

    /// <summary>A node's constant, and the graphs that it runs.</summary>
    private void ReadNode(WireRange range, string prefix, int depth)
    {
        var (type, domain, name, output) = ("", "", "", "");
        for (var node = new WireMessage(_reader, range); node.Next();)
        {
            switch (node.Field)
            {
                case 2 when output.Length == 0:
                    output = node.Text;
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

        // Outputs have names of their own in a graph, which nodes need not have.
        var place = output.Length > 0 ? output : name.Length > 0 ? name : type;
        var isConstant = type == "Constant" && domain is "" or "ai.onnx";
        if (isConstant && output.Length == 0)
        {
            throw File.Damaged($"has a constant without a name at byte {range.Start}");
        }

        var before = _tensors.Count;
        for (var node = new WireMessage(_reader, range); node.Next();)
        {
            if (node.Field == 5)
            {
                ReadAttribute(node.Bytes, isConstant ? output : null, prefix, place, depth);
            }
        }

        if (isConstant && _tensors.Count != before + 1)
        {
            throw File.Damaged($"the constant '{prefix}{output}' has {_tensors.Count - before} values");
        }
    }

    private void ReadAttribute(WireRange range, string? constant, string prefix, string place, int depth)
    {
        var name = "";
        for (var attribute = new WireMessage(_reader, range); attribute.Next();)
        {
            name = attribute.Field == 1 ? attribute.Text : name;
        }

        for (var attribute = new WireMessage(_reader, range); attribute.Next();)
        {
            switch (attribute.Field)
            {
                case 5 when constant is not null && name == "value":
                    Add(attribute.Bytes, constant, prefix, $"the constant '{prefix}{constant}'");
                    break;
                case 22 when constant is not null && name == "sparse_value":
                    AddSparse(attribute.Bytes, constant, prefix);
                    break;
                case 6 or 11 when constant is null:
                    var inner = $"{prefix}{place}.{name}.";
                    Charge(inner);
                    ReadGraph(attribute.Bytes, inner, depth + 1);
                    break;
            }
        }

        if (constant is not null && Plain(range, name) is var (element, source))
        {
            var sizes = source.IsSingle ? Shape.Scalar : [OnnxNumbers.Count(_reader, source)];
            Charge(prefix);
            Add(new OnnxTensor(prefix + constant, element, sizes, source) { IsConstant = true });
        }
    }

    /// <summary>The value of a constant that is no tensor in the file: a number, a text, or many of them.</summary>
    private static (OnnxElement Element, OnnxField Source)? Plain(WireRange range, string attribute) => attribute switch
    {
        "value_float" => (OnnxElement.Float, new(range, 2, WireKind.Fixed32, IsSingle: true)),
        "value_int" => (OnnxElement.Int64, new(range, 3, WireKind.Varint, IsSingle: true)),
        "value_string" => (OnnxElement.String, new(range, 4, WireKind.Bytes, IsSingle: true)),
        "value_floats" => (OnnxElement.Float, new(range, 7, WireKind.Fixed32)),
        "value_ints" => (OnnxElement.Int64, new(range, 8, WireKind.Varint)),
        "value_strings" => (OnnxElement.String, new(range, 9, WireKind.Bytes)),
        _ => null,
    };

    private void Add(WireRange range, string? name, string prefix, string place) => Add(Tensor(range, name, prefix, place));

    private void AddSparse(WireRange range, string? name, string prefix)
    {
        WireRange? values = null;
        for (var sparse = new WireMessage(_reader, range); sparse.Next();)
        {
            values = sparse.Field == 1 ? sparse.Bytes : values;
        }

        var sizes = new List<long>();
        var numbers = new OnnxNumbers(_reader, new OnnxField(range, 3, WireKind.Varint));
        while (sizes.Count <= StoredSizes.MaxRank && numbers.TryNext(out var size))
        {
            sizes.Add((long)size);
        }

        var place = $"the sparse tensor at byte {range.Start}";
        var tensor = Tensor(values ?? throw File.Damaged($"{place} has no values"), name, prefix, place);
        Add(StoredSizes.Count([.. sizes]) < 0
            ? throw File.Damaged($"the tensor '{tensor.Name}' has the impossible sizes [{string.Join(", ", sizes)}]")
            : tensor with { Shape = [.. sizes], Source = null, IsConstant = name is not null });
    }

    /// <summary>The name of a node stands before those of many tensors; together they must not take more than a file answers for.</summary>
    private void Charge(string prefix)
    {
        _prefixes += prefix.Length;
        if (_prefixes > File.Length + FreePrefixes)
        {
            throw File.Refused(
                $"has tensors inside '{(prefix.Length <= 80 ? prefix : prefix[..80] + "…")}' whose names would be longer than the file");
        }
    }

    /// <summary>A tensor under the name that it is known by; whatever is wrong with it says so.</summary>
    private OnnxTensor Tensor(WireRange range, string? name, string prefix, string place)
    {
        Charge(prefix);
        var tensor = new OnnxTensorReader(_reader);
        try
        {
            tensor.Read(range);
            var known = name ?? tensor.Name;
            var made = tensor.Make(prefix + (known is { Length: > 0 } ? known : throw new WireException("has no name")));
            return name is null ? made : made with { IsConstant = true };
        }
        catch (WireException error)
        {
            var own = name is null ? tensor.Name ?? FindName(range) : null;
            throw File.Damaged($"{(own is { Length: > 0 } ? $"the tensor '{prefix}{own}'" : place)} {error.Message}");
        }
    }

    /// <summary>The name of a tensor that is not whole, for messages; null where it cannot be read.</summary>
    private string? FindName(WireRange range)
    {
        try
        {
            for (var tensor = new WireMessage(_reader, range); tensor.Next();)
            {
                if (tensor.Field == 8)
                {
                    return tensor.Text;
                }
            }
        }
        catch (WireException)
        {
        }

        return null;
    }

    private void Add(OnnxTensor tensor)
    {
        if (!_tensors.TryAdd(tensor.Name, tensor))
        {
            throw File.Damaged($"has two tensors of the name '{tensor.Name}'");
        }
    }
}
