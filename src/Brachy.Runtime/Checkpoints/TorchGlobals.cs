using System.Text;

namespace Brachy;

/// <summary>
/// The classes and functions that a checkpoint may name, and what they do. The list is a part of what PyTorch itself allows for
/// weights_only (torch/_weights_only_unpickler.py); everything else is refused by its name.
/// </summary>
internal sealed class TorchGlobals(TorchArchive archive)
{
    private const string Untyped = "torch.storage.UntypedStorage";

    private static readonly Dictionary<string, DType> s_storages = new(StringComparer.Ordinal)
    {
        ["torch.DoubleStorage"] = DType.Float64,
        ["torch.FloatStorage"] = DType.Float32,
        ["torch.HalfStorage"] = DType.Float16,
        ["torch.BFloat16Storage"] = DType.BFloat16,
        ["torch.LongStorage"] = DType.Int64,
        ["torch.IntStorage"] = DType.Int32,
        ["torch.ShortStorage"] = DType.Int16,
        ["torch.CharStorage"] = DType.Int8,
        ["torch.ByteStorage"] = DType.UInt8,
        ["torch.BoolStorage"] = DType.Bool,
    };

    private static readonly Dictionary<string, DType> s_dtypes = DTypes.All.ToDictionary(d => "torch." + d.Name(), StringComparer.Ordinal);

    private static readonly HashSet<string> s_callable = new(StringComparer.Ordinal)
    {
        "collections.OrderedDict", "collections.Counter", "builtins.set", "builtins.list", "builtins.dict", "_codecs.encode",
        "torch.Size", "torch.device", "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state", "torch._tensor._rebuild_from_type_v2",
    };

    // Classes that only stand among the arguments of the functions above.
    private static readonly HashSet<string> s_named = new(StringComparer.Ordinal) { Untyped, "torch.Tensor", "torch.nn.parameter.Parameter" };

    private readonly Dictionary<string, TorchStorage> _byKey = new(StringComparer.Ordinal);

    /// <summary>The class, function or element type of a name.</summary>
    public TorchValue Find(string module, string name)
    {
        var full = $"{(module == "__builtin__" ? "builtins" : module)}.{name}";
        if (s_dtypes.TryGetValue(full, out var dtype))
        {
            return new TorchValue(dtype);
        }

        if (s_callable.Contains(full) || s_storages.ContainsKey(full) || s_named.Contains(full))
        {
            return new TorchValue(new TorchGlobal(full));
        }

        var shown = full.Length <= 200 ? full : full[..200] + "…";
        throw full.StartsWith("torch.", StringComparison.Ordinal) && full.EndsWith("Storage", StringComparison.Ordinal)
            ? Refused($"holds tensors of {shown}, whose element type Brachy does not have; it has {string.Join(", ", DTypes.All.Select(d => d.Name()))}")
            : Refused($"refuses {shown}: a checkpoint may hold tensors and containers only", "Save the weights alone in Python: torch.save(module.state_dict(), path).");
    }

    /// <summary>The storage of a persistent id: ('storage', class, key, device, number of elements).</summary>
    public TorchValue Storage(TorchValue id)
    {
        if (id.Value is not TorchValue[] { Length: 5 } parts || parts[0].Value is not "storage" || parts[1].Value is not TorchGlobal type
            || parts[2].Value is not string key || parts[4].Value is not long count)
        {
            throw Damaged("has a reference that is not one to a storage");
        }

        DType? dtype = s_storages.TryGetValue(type.Name, out var found) ? found : null;
        if (dtype is null && type.Name != Untyped)
        {
            throw Damaged($"names {type.Name} as the class of a storage");
        }

        var entry = archive.FindStorage(key) ?? throw Damaged($"refers to the storage '{key}', which the archive does not hold");
        if (count < 0 || (Int128)count * (dtype?.ItemSize() ?? 1) != entry.Length)
        {
            throw Damaged($"gives the storage '{key}' {count} elements of {dtype?.Name() ?? "one byte"}, but it has {entry.Length} bytes");
        }

        if (!_byKey.TryGetValue(key, out var storage))
        {
            _byKey.Add(key, storage = new TorchStorage(entry, dtype));
        }

        return storage.DType == dtype ? new TorchValue(storage) : throw Refused($"reads the storage '{key}' with two element types");
    }

    /// <summary>What a function gives for arguments.</summary>
    public TorchValue Call(TorchValue function, TorchValue arguments)
    {
        if (function.Value is not TorchGlobal { Name: var name } || !s_callable.Contains(name))
        {
            throw Refused($"calls {function.Describe()}: a checkpoint may hold tensors and containers only");
        }

        if (arguments.Value is not TorchValue[] args)
        {
            throw Damaged($"calls {name} with {arguments.Describe()}");
        }

        return (name, args) switch
        {
            ("collections.OrderedDict" or "collections.Counter" or "builtins.dict", []) => new(new OrderedDictionary<string, TorchValue>(StringComparer.Ordinal)),
            ("collections.Counter" or "builtins.dict", [{ Value: OrderedDictionary<string, TorchValue> entries }]) =>
                new(new OrderedDictionary<string, TorchValue>(entries, StringComparer.Ordinal)),
            ("builtins.set" or "builtins.list", []) => new(new List<TorchValue>()),
            ("builtins.set" or "builtins.list", [{ Value: List<TorchValue> }]) => args[0],
            ("torch.Size", [{ Value: TorchValue[] }]) => args[0],
            ("torch.device", [{ Value: string device }]) => new(device),
            ("torch.device", [{ Value: string device }, { Value: long index }]) => new(FormattableString.Invariant($"{device}:{index}")),
            ("_codecs.encode", [{ Value: string text }, { Value: "latin1" }]) when text.All(c => c < 256) => new(Encoding.Latin1.GetBytes(text)),
            ("torch._utils._rebuild_tensor", [_, _, _, _]) => Rebuild(args, dtype: null),
            ("torch._utils._rebuild_tensor_v2", [_, _, _, _, _, _, ..]) => Rebuild(args, dtype: null, metadata: 6),
            ("torch._utils._rebuild_tensor_v3", [_, _, _, _, _, _, { Value: DType dtype }, ..]) => Rebuild(args, dtype, metadata: 7),
            ("torch._utils._rebuild_parameter", [{ Value: StoredTensor }, _, _]) => args[0],
            ("torch._utils._rebuild_parameter_with_state", [{ Value: StoredTensor }, _, _, _]) => args[0],
            ("torch._tensor._rebuild_from_type_v2", [_, { Value: TorchGlobal { Name: "torch.Tensor" or "torch.nn.parameter.Parameter" } }, _, _]) =>
                Call(args[0], args[2]),
            _ => throw Damaged($"calls {name} with arguments it does not take: {string.Join(", ", args.Take(8).Select(a => a.Describe()))}"),
        };
    }

    private TorchValue Rebuild(TorchValue[] args, DType? dtype, int metadata = int.MaxValue)
    {
        if (args[0].Value is not TorchStorage storage || args[1].Value is not long offset || Sizes(args[2]) is not { } size || Sizes(args[3]) is not { } stride)
        {
            throw Damaged("rebuilds a tensor of something else than a storage, an offset, sizes and strides");
        }

        if (args.Length > metadata + 1 || (args.Length == metadata + 1 && args[metadata].Value is not (null or OrderedDictionary<string, TorchValue> { Count: 0 })))
        {
            throw Refused("has a tensor that is a conjugate or negative view", "Save tensor.resolve_conj().resolve_neg() in Python.");
        }

        var type = dtype ?? storage.DType ?? throw Damaged("has a tensor without element type");
        if (storage.DType is { } stored && stored != type)
        {
            throw Refused($"reads a storage of {stored.Name()} as {type.Name()}");
        }

        var tensor = new StoredTensor(storage, type, offset, Shape.Own(size), Shape.Own(stride));
        return tensor.FindProblem(archive.File.Length) is { } problem ? throw Damaged($"has a tensor that {problem}") : new TorchValue(tensor);
    }

    private static long[]? Sizes(TorchValue value) =>
        value.Value is TorchValue[] items && Array.TrueForAll(items, i => i.Value is long) ? Array.ConvertAll(items, i => (long)i.Value!) : null;

    private static PickleException Damaged(string problem) => new(problem, isRefusal: false);

    private static PickleException Refused(string problem, string? advice = null) => new(problem, isRefusal: true, advice);
}
