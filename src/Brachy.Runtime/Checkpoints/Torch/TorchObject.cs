namespace Brachy.IO;

/// <summary>
/// An object, class or function of a checkpoint that Brachy does not know: what the file says of it. Nothing of it was run. It is
/// what Python would make by calling <see cref="Name"/> with <see cref="Arguments"/>, handing it <see cref="State"/>, and adding
/// <see cref="Items"/> and <see cref="Pairs"/>.
/// </summary>
public sealed class TorchObject
{
    private static readonly IReadOnlyList<TorchValue> s_none = [];
    private readonly string _module;
    private readonly string _name;
    private readonly TorchValue? _maker;
    private readonly TorchValue[]? _arguments;
    private List<TorchValue>? _items;
    private TorchDictionary? _pairs;
    private TorchDictionary? _members;

    private TorchObject(string module, string name, TorchValue? maker, TorchValue[]? arguments) =>
        (_module, _name, _maker, _arguments) = (module, name, maker, arguments);

    /// <summary>
    /// The class or function with its module, such as <c>argparse.Namespace</c>; the whole expression where the file calls what
    /// another call gives.
    /// </summary>
    public string Name => _maker is null ? $"{_module}.{_name}" : TorchText.Of(_maker);

    /// <summary>Whether this is the class or function itself, and not what a call of it gives.</summary>
    public bool IsName => _arguments is null;

    /// <summary>What it would be called with; nothing for a name.</summary>
    public IReadOnlyList<TorchValue> Arguments => _arguments ?? s_none;

    /// <summary>What it would be called with by name, a dictionary; null for nothing.</summary>
    public TorchValue? Keywords { get; private init; }

    /// <summary>Its state, most often a dictionary of its attributes; null for none.</summary>
    public TorchValue? State { get; internal set; }

    /// <summary>What would be appended to it, as to a list or set.</summary>
    public IReadOnlyList<TorchValue> Items => _items ?? s_none;

    /// <summary>What would be set in it by key, as in a dictionary.</summary>
    public IReadOnlyList<KeyValuePair<TorchValue, TorchValue>> Pairs => _pairs?.Pairs ?? [];

    /// <summary>
    /// For example <c>pathlib.PosixPath('runs', 'a')</c>: name, arguments, items, entries and state, shortened where they are long.
    /// </summary>
    public override string ToString() => TorchText.Of(new TorchValue(this));

    /// <summary>What gives the function that would be called, where it is no name.</summary>
    internal TorchValue? Maker => _maker;

    /// <summary>Entries, then attributes, by name.</summary>
    internal TorchDictionary Members
    {
        get
        {
            if (_members is null)
            {
                var members = new TorchDictionary();
                foreach (var (key, value) in Pairs.Concat(Attributes?.Pairs ?? []))
                {
                    members.TryAdd(key, value);
                }

                _members = members;
            }

            return _members;
        }
    }

    /// <summary>The state where it is a dictionary; of a pair of two, as objects with slots have it, both.</summary>
    internal TorchDictionary? Attributes => State?.Value switch
    {
        TorchDictionary attributes => attributes,
        TorchValue[] { Length: 2 } pair
            when pair[1].Value is TorchDictionary slots && pair[0].Value is null or TorchDictionary { Count: 0 } => slots,
        TorchValue[] { Length: 2 } pair when pair[0].Value is TorchDictionary attributes && pair[1].Value is null or TorchDictionary =>
            attributes,
        _ => null,
    };

    /// <summary>What the class of a TorchScript module says its params and buffers are; null when it is not known.</summary>
    internal IReadOnlySet<string>? TensorNames { get; set; }

    /// <summary>A class or function.</summary>
    internal static TorchObject OfName(string module, string name) => new(module, name, maker: null, arguments: null);

    /// <summary>What a call gives.</summary>
    /// <param name="function">What is called: a name, or what another call gives.</param>
    /// <param name="arguments">With what.</param>
    /// <param name="keywords">And by name.</param>
    internal static TorchObject OfCall(TorchValue function, TorchValue[] arguments, TorchValue? keywords = null) =>
        function.Value is TorchObject { IsName: true } name
            ? new(name._module, name._name, maker: null, arguments) { Keywords = keywords }
            : new("", "", function, arguments) { Keywords = keywords };

    /// <summary>A member of this class or module.</summary>
    internal TorchObject Member(string name) => new(_module, $"{_name}.{name}", maker: null, arguments: null);

    internal void Append(TorchValue[] items) => (_items ??= []).AddRange(items);

    internal TorchDictionary Settable() => _pairs ??= new TorchDictionary();

    /// <summary>Everything that the object refers to.</summary>
    internal IEnumerable<TorchValue> Children()
    {
        foreach (var single in new[] { _maker, Keywords, State })
        {
            if (single is not null)
            {
                yield return single;
            }
        }

        foreach (var value in Arguments.Concat(Items).Concat(_pairs?.Children() ?? []))
        {
            yield return value;
        }
    }
}
