namespace Brachy.IO;

/// <summary>
/// The <c>state_dict</c> of what a checkpoint holds: of a dictionary of tensors, or of a module, whose attributes have them.
/// </summary>
internal sealed class TorchModules
{
    // A small file can describe a module that stands in itself twice, and so at more places than any memory has names for.
    private const int MaxPlaces = 100_000;
    private const int MaxDepth = 500;
    private const long MaxNames = 1L << 24;
    private readonly TorchStateDict _state = new();
    private long _places;
    private long _names;

    private TorchModules()
    {
    }

    /// <exception cref="InvalidCastException">The value is neither, or its modules stand at too many places.</exception>
    public static TorchStateDict StateDict(TorchValue value)
    {
        var modules = new TorchModules();
        if (IsModule(value))
        {
            modules.Add((TorchObject)value.Value!, "", 0);
            return modules._state;
        }

        if (value.Value is not (TorchDictionary or TorchObject { Pairs.Count: > 0 }))
        {
            throw new InvalidCastException($"A state_dict or module was expected here, but there is {value.Describe()}.");
        }

        foreach (var (name, entry) in value.Entries)
        {
            modules._state.TryAdd(name, entry);
        }

        return modules._state.Count > 0 || modules._state.Others.Count == 0
            ? modules._state
            : throw new InvalidCastException($"A state_dict was expected here, but no entry of {value.Describe()} is a tensor.");
    }

    /// <summary>Whether <see cref="StateDict"/> gives tensors of a value.</summary>
    public static bool HasStateDict(TorchValue value) => IsModule(value)
        || (value.Value is TorchDictionary dictionary && dictionary.Values.Any(v => v.Value is Tensor or ComplexTensor));

    private static bool IsModule(TorchValue value) =>
        value.Value is TorchObject item && (ScriptClasses.IsScript(item) || Parts(item) is not null);

    /// <summary>
    /// The attributes of a module of PyTorch; of one that torch.fx made they are an argument of the function that makes it again.
    /// </summary>
    private static TorchDictionary? Parts(TorchObject item) => item.IsName ? null
        : item.Arguments.Select(a => a.Value as TorchDictionary).Prepend(item.Attributes)
            .FirstOrDefault(d => d?.Find("_parameters") is { Value: TorchDictionary } && d.Find("_modules") is { Value: TorchDictionary });

    /// <summary>Whether it is an object of C++, such as the weights of a quantized layer, which PyTorch's state_dict has too.</summary>
    private static bool IsPacked(TorchValue value) => value.Value is TorchObject { IsName: false } item
        && (item.Name == "torch.ScriptObject" || item.Name.StartsWith("__torch__.torch.classes.", StringComparison.Ordinal));

    private static IEnumerable<(string Name, TorchValue Value)> Named(TorchDictionary? dictionary) =>
        dictionary is null ? [] : dictionary.Pairs.Where(p => p.Key.Value is string).Select(p => ((string)p.Key.Value!, p.Value));

    private void Add(TorchObject module, string path, int depth)
    {
        Require(depth <= MaxDepth && ++_places <= MaxPlaces);
        IEnumerable<(string Name, TorchValue Value)> below;
        if (Parts(module) is { } parts)
        {
            var temporary = (parts.Find("_non_persistent_buffers_set")?.Value as IReadOnlyList<TorchValue> ?? [])
                .Select(v => v.Value as string).ToHashSet();
            AddValues(Named(parts).Where(a => IsPacked(a.Value)), path);
            AddValues(Named(parts.Find("_parameters")!.Value as TorchDictionary), path);
            AddValues(Named(parts.Find("_buffers")?.Value as TorchDictionary).Where(b => !temporary.Contains(b.Name)), path);
            below = Named(parts.Find("_modules")!.Value as TorchDictionary);
        }
        else
        {
            below = Named(module.Attributes);
            AddValues(
                below.Where(a => IsPacked(a.Value) || (module.TensorNames?.Contains(a.Name) ?? a.Value.Value is Tensor or ComplexTensor)),
                path);
        }

        foreach (var (name, value) in below)
        {
            if (value.Value is TorchObject child && !IsPacked(value) && (ScriptClasses.IsScript(child) || Parts(child) is not null))
            {
                Add(child, $"{path}{name}.", depth + 1);
            }
        }
    }

    private void AddValues(IEnumerable<(string Name, TorchValue Value)> values, string path)
    {
        foreach (var (name, value) in values)
        {
            if (!value.IsNone)
            {
                Require((_names += path.Length + name.Length) <= MaxNames);
                _state.TryAdd(path + name, value);
            }
        }
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidCastException($"A module was expected here, but this one has more than {MaxDepth} levels, {MaxPlaces} places "
                + $"or {MaxNames} letters of names.");
        }
    }
}
