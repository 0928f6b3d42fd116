using System.Numerics;
using System.Text;

namespace Brachy.IO;

/// <summary>
/// The classes and functions that a checkpoint names. Those whose results are data (tensors, containers, numbers; a part of what PyTorch
/// itself allows for weights_only) give that data; all others stay names, and calls of them <see cref="TorchObject"/>s. Nothing is run.
/// </summary>
internal sealed class TorchGlobals(ITorchMemories memories, long fileLength)
{
    // Names are short; a small file could make long ones of two that it recalls again and again.
    private const int MaxName = 512;
    private const int FreeCopies = 4096;
    private readonly TorchTensors _tensors = new(fileLength);
    private long _copied;

    /// <summary>The class or function of a name.</summary>
    /// <exception cref="PickleException">The name is impossibly long.</exception>
    public TorchValue Find(string module, string name)
    {
        if (module.Length + name.Length > MaxName)
        {
            throw Refused($"names a class or function with {module.Length + name.Length} characters");
        }

        module = module switch
        {
            "__builtin__" => "builtins",
            "copy_reg" => "copyreg",
            _ => module,
        };
        name = (module, name) switch
        {
            ("builtins", "xrange") => "range",
            ("builtins", "unicode") => "str",
            ("builtins", "long") => "int",
            _ => name,
        };
        return module == "torch" && TorchElement.Find(name) is { IsComplex: false } element
            ? new(element.DType)
            : new(TorchObject.OfName(module, name));
    }

    /// <summary>
    /// What a reference to something outside of the pickle stands for, most often ('storage', class, key, device, elements).
    /// </summary>
    /// <exception cref="PickleException">It is a reference to a storage that is not there, or has another length.</exception>
    public TorchValue Persistent(TorchValue id) => id.Value switch
    {
        TorchValue[] { Length: 5 or 6 } parts when parts[0].Value is "storage" => new(Storage(parts)),
        TorchValue[] { Length: 4 } parts when parts[0].Value is "module" => parts[1],
        TorchValue[] parts when parts is [{ Value: "storage" }, ..] => throw Damaged("has a reference that is not one to a storage"),
        _ => new(TorchObject.OfCall(new(TorchObject.OfName("pickle", "persistent_load")), [id])),
    };

    /// <summary>What a function gives for arguments.</summary>
    /// <param name="function">The function.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="position">How much of the pickle was read.</param>
    /// <exception cref="PickleException">It is no function, or makes a tensor that is impossible.</exception>
    public TorchValue Call(TorchValue function, TorchValue[] args, long position)
    {
        var callee = Callee(function);
        return (callee.IsName ? Known(callee, args, position) : null) ?? new(TorchObject.OfCall(function, args));
    }

    /// <summary>A new object of a class.</summary>
    /// <exception cref="PickleException">It is no class.</exception>
    public TorchValue New(TorchValue type, TorchValue[] args, TorchValue? keywords, long position)
    {
        if (keywords is null or { Value: TorchDictionary { Count: 0 } })
        {
            return Call(type, args, position);
        }

        _ = Callee(type);
        return new(TorchObject.OfCall(type, args, keywords));
    }

    /// <summary>
    /// Gives an object its state. What tensors and containers have beside their content, such as the versions of a state_dict's
    /// modules, is no part of it.
    /// </summary>
    /// <exception cref="PickleException">It can have none.</exception>
    public static void SetState(TorchValue target, TorchValue state)
    {
        switch (target.Value)
        {
            case TorchObject item:
                item.State = state;
                break;
            case TorchDictionary or List<TorchValue> or StoredTensor:
                break;
            default:
                throw Damaged($"sets the state of {target.Describe()}");
        }
    }

    /// <exception cref="PickleException">The value holds no items.</exception>
    public static void Append(TorchValue target, TorchValue[] items)
    {
        switch (target.Value)
        {
            case List<TorchValue> list:
                list.AddRange(items);
                break;
            case TorchObject item:
                item.Append(items);
                break;
            default:
                throw Damaged($"appends to {target.Describe()}");
        }
    }

    /// <exception cref="PickleException">The value has no keys, or one of them twice.</exception>
    public static void SetItems(TorchValue target, TorchValue[] items)
    {
        var dictionary = target.Value as TorchDictionary ?? (target.Value as TorchObject)?.Settable();
        if (dictionary is null || items.Length % 2 != 0)
        {
            throw Damaged($"sets {items.Length} keys and values of {target.Describe()}");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            if (!dictionary.TryAdd(items[i], items[i + 1]))
            {
                throw Damaged($"has the key {TorchText.Of(items[i])} twice in one dictionary");
            }
        }
    }

    private static TorchObject Callee(TorchValue function) =>
        function.Value as TorchObject ?? throw Damaged($"calls {function.Describe()}");

    /// <summary>The result of a function whose results are data; null for others, and for arguments that it does not take.</summary>
    private TorchValue? Known(TorchObject function, TorchValue[] args, long position) => (function.Name, args) switch
    {
        ("collections.OrderedDict" or "collections.Counter" or "builtins.dict" or "collections.defaultdict", []) =>
            new(new TorchDictionary()),
        ("collections.OrderedDict" or "collections.Counter" or "builtins.dict", [{ Value: TorchDictionary }]) => args[0],
        ("collections.OrderedDict" or "builtins.dict", [{ Value: IReadOnlyList<TorchValue> pairs }]) => OfPairs(pairs, position),
        ("collections.defaultdict", [_]) => new(new TorchDictionary()),
        ("collections.defaultdict", [_, { Value: TorchDictionary }]) => args[1],
        ("builtins.set" or "builtins.frozenset" or "builtins.list" or "builtins.tuple", []) => new(new List<TorchValue>()),
        ("builtins.set" or "builtins.frozenset" or "builtins.list" or "builtins.tuple" or "torch.Size",
            [{ Value: IReadOnlyList<TorchValue> }]) => args[0],
        ("collections.deque", [] or [{ Value: IReadOnlyList<TorchValue> { Count: 0 } }, ..]) => new(new List<TorchValue>()),
        ("collections.deque", [{ Value: List<TorchValue> }, ..]) => args[0],
        ("builtins.complex", [var real, var imaginary]) when Number(real) is { } x && Number(imaginary) is { } y => new(new Complex(x, y)),
        ("builtins.bytes" or "builtins.bytearray", []) => new(Array.Empty<byte>()),
        ("builtins.bytes" or "builtins.bytearray", [{ Value: byte[] }]) => args[0],
        ("_codecs.encode" or "builtins.bytearray" or "builtins.bytes", [{ Value: string text }, { Value: "latin1" or "latin-1" }]) =>
            Encoded(text, position),
        ("builtins.getattr", [{ Value: TorchObject { IsName: true } holder }, { Value: string name }])
            when holder.Name.Length + name.Length < MaxName / 2 => new(holder.Member(name)),
        ("copyreg._reconstructor", [{ Value: TorchObject }, { Value: TorchObject { IsName: true, Name: "builtins.object" } }, _]) =>
            Call(args[0], [], position),
        ("copyreg._reconstructor", [{ Value: TorchObject }, _, _]) => new(TorchObject.OfCall(args[0], args[2..])),
        ("copyreg.__newobj__", [{ Value: TorchObject { IsName: true, Name: not "copyreg.__newobj__" } }, ..]) =>
            Call(args[0], args[1..], position),
        ("torch.device", [{ Value: string { Length: < 64 } device }]) => new(device),
        ("torch.device", [{ Value: string { Length: < 64 } device }, { Value: long index }]) =>
            new(FormattableString.Invariant($"{device}:{index}")),
        ("torch.jit._pickle.build_intlist" or "torch.jit._pickle.build_tensorlist" or "torch.jit._pickle.build_doublelist"
            or "torch.jit._pickle.build_boollist", [_]) => args[0],
        ("torch.jit._pickle.restore_type_tag", [_, _]) => args[0],
        var (name, _) when NumpyValues.IsScalar(name) => Scalar(args, position),
        var (name, _) => _tensors.Call(name, args),
    };

    private TorchStorage Storage(TorchValue[] id)
    {
        if (id[1].Value is not TorchObject { IsName: true } type || id[2].Value is not string key || id[4].Value is not long count)
        {
            throw Damaged("has a reference that is not one to a storage");
        }

        var name = type.Name[(type.Name.LastIndexOf('.') + 1)..];
        if (!name.EndsWith("Storage", StringComparison.Ordinal) || !type.Name.StartsWith("torch.", StringComparison.Ordinal))
        {
            throw Damaged($"names {type.Name} as the class of a storage");
        }

        var element = TorchElement.OfStorage(name);
        var memory = memories.Find(key, name == "UntypedStorage" ? TorchElement.Byte : element, count);
        var storage = new TorchStorage(memory, element, 0, memory.Length / (element?.Size ?? 1));
        return id.Length == 5 || id[5].IsNone ? storage
            : id[5].Value is TorchValue[] { Length: 3 } view && view[1].Value is long start && view[2].Value is long length
                && start >= 0 && length >= 0 && start <= storage.Count - length ? storage with { Start = start, Count = length }
            : throw Damaged($"has an impossible part of the storage '{key}'");
    }

    private TorchValue? OfPairs(IReadOnlyList<TorchValue> pairs, long position)
    {
        Charge(pairs.Count, position);
        if (pairs.Any(p => p.Value is not IReadOnlyList<TorchValue> { Count: 2 }))
        {
            return null;
        }

        var dictionary = new TorchValue(new TorchDictionary());
        SetItems(dictionary, [.. pairs.SelectMany(p => (IReadOnlyList<TorchValue>)p.Value!)]);
        return dictionary;
    }

    private TorchValue? Encoded(string text, long position)
    {
        Charge(text.Length, position);
        return text.All(c => c < 256) ? new(Encoding.Latin1.GetBytes(text)) : null;
    }

    private TorchValue? Scalar(TorchValue[] args, long position)
    {
        Charge(NumpyValues.ByteCount(args), position);
        return NumpyValues.Scalar(args);
    }

    /// <summary>Counts what is copied: what a pickle recalls again and again may not become more than the pickle.</summary>
    private void Charge(long count, long position)
    {
        _copied += count;
        if (_copied > position + FreeCopies)
        {
            throw Refused("makes copies of values that are longer than the whole pickle");
        }
    }

    private static double? Number(TorchValue value) => value.Value switch
    {
        double number => number,
        long number => number,
        _ => null,
    };

    private static PickleException Damaged(string problem) => new(problem, isRefusal: false);

    private static PickleException Refused(string problem) => new(problem, isRefusal: true);
}
