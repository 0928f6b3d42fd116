using System.Numerics;

namespace Brachy;

/// <summary>
/// A value of a PyTorch checkpoint: nothing, a number, text, a tensor, or a list or dictionary of such values. What a checkpoint
/// holds twice is here the same object.
/// </summary>
public sealed class TorchValue
{
    internal TorchValue(object? value) => Value = value;

    /// <summary>
    /// Null, bool, long, <see cref="BigInteger"/> for what is longer, double, string (devices too), byte[], <see cref="DType"/>,
    /// <see cref="Tensor"/>, a list (tuples and sets too), or a dictionary.
    /// </summary>
    public object? Value { get; internal set; }

    /// <summary>Whether this is Python's None.</summary>
    public bool IsNone => Value is null;

    /// <summary>The values of a list, tuple or set.</summary>
    /// <exception cref="InvalidCastException">This is something else.</exception>
    public IReadOnlyList<TorchValue> Items => As<IReadOnlyList<TorchValue>>();

    /// <summary>The entries of a dictionary in their order. Numbers that are keys are written as text.</summary>
    /// <exception cref="InvalidCastException">This is something else.</exception>
    public IReadOnlyDictionary<string, TorchValue> Entries => As<IReadOnlyDictionary<string, TorchValue>>();

    /// <summary>The value of a dictionary's key.</summary>
    /// <exception cref="InvalidCastException">This is no dictionary.</exception>
    /// <exception cref="KeyNotFoundException">It has no such key; the message lists those it has.</exception>
    public TorchValue this[string key] => Entries.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"There is no '{key}' here; the keys are {Names(Entries.Keys)}.");

    /// <summary>One value of a list.</summary>
    /// <exception cref="InvalidCastException">This is no list.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter.</exception>
    public TorchValue this[int index] => index >= 0 && index < Items.Count
        ? Items[index]
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"The list has {Items.Count} values.");

    /// <summary>The value as one of the types of <see cref="Value"/>; a long is also given as double.</summary>
    /// <exception cref="InvalidCastException">This is something else; the message says what.</exception>
    public T As<T>() => Value switch
    {
        T value => value,
        long number when typeof(T) == typeof(double) => (T)(object)(double)number,
        _ => throw new InvalidCastException($"A {typeof(T).Name} was expected here, but there is {Describe()}."),
    };

    /// <summary>The number, text or type of the tensor; containers only with their length.</summary>
    public override string ToString() => Value switch
    {
        null => "None",
        Tensor tensor => tensor.Type.ToString(),
        IReadOnlyDictionary<string, TorchValue> or IReadOnlyList<TorchValue> or byte[] => Describe(),
        var value => FormattableString.Invariant($"{value}"),
    };

    /// <summary>In words, for messages.</summary>
    internal string Describe() => Value switch
    {
        null => "None",
        bool => "a truth value",
        long or BigInteger => "an integer",
        double => "a number",
        string => "text",
        byte[] bytes => $"{bytes.Length} bytes",
        DType dtype => $"the element type {dtype.Name()}",
        Tensor tensor => $"a tensor {tensor.Type}",
        StoredTensor => "a tensor",
        TorchStorage => "a bare storage",
        TorchGlobal global => global.Name,
        TorchValue[] tuple => $"a tuple of {tuple.Length}",
        IReadOnlyList<TorchValue> list => $"a list of {list.Count}",
        OrderedDictionary<string, TorchValue> dictionary => $"a dictionary of {dictionary.Count}",
        var value => value.GetType().Name,
    };

    /// <summary>The first few of many names.</summary>
    internal static string Names(IEnumerable<string> names)
    {
        var some = names.Take(11).ToArray();
        return some.Length == 0 ? "none" : string.Join(", ", some.Take(10)) + (some.Length > 10 ? ", …" : "");
    }
}
