using System.Numerics;

namespace Brachy.IO;

/// <summary>
/// A value of a PyTorch checkpoint: nothing, a number, text, a tensor, a list or dictionary of such values, or an object that Brachy
/// does not know, which says what it is. What a checkpoint holds twice is here the same object; a container may even hold itself.
/// </summary>
public sealed class TorchValue
{
    internal TorchValue(object? value) => Value = value;

    /// <summary>
    /// Null, bool, long, <see cref="BigInteger"/> for what is longer, double, <see cref="Complex"/>, string (devices too), byte[],
    /// <see cref="DType"/>, <see cref="Tensor"/>, <see cref="ComplexTensor"/>, a list (tuples and sets too), a dictionary, or a
    /// <see cref="TorchObject"/> for everything else. Scalars of NumPy are numbers, its arrays of numbers are tensors and other ones
    /// nested lists; a bare storage is a tensor of its elements.
    /// </summary>
    public object? Value { get; internal set; }

    /// <summary>Whether this is Python's None.</summary>
    public bool IsNone => Value is null;

    /// <summary>The values of a list, tuple or set; of an object those that it holds as a list does, or else its arguments.</summary>
    /// <exception cref="InvalidCastException">This is something else.</exception>
    public IReadOnlyList<TorchValue> Items => Value is TorchObject item
        ? item.Items.Count > 0 ? item.Items : item.Arguments
        : Value as IReadOnlyList<TorchValue> ?? throw Other("list");

    /// <summary>
    /// The entries of a dictionary by name, in their order; of an object its entries and attributes. A key that is no text is written as
    /// Python writes it, such as <c>0</c>, <c>(1, 2)</c> or <c>None</c>; next to a text key that is spelled the same, with its type:
    /// <c>int(0)</c>.
    /// </summary>
    /// <exception cref="InvalidCastException">This is something else.</exception>
    public IReadOnlyDictionary<string, TorchValue> Entries => Value is TorchObject item ? item.Members : Dictionary;

    /// <summary>
    /// The entries of a dictionary with their keys as they are, in their order; of an object, what it holds as a dictionary does.
    /// </summary>
    /// <exception cref="InvalidCastException">This is something else.</exception>
    public IReadOnlyList<KeyValuePair<TorchValue, TorchValue>> Pairs => Value is TorchObject item ? item.Pairs : Dictionary.Pairs;

    /// <summary>The value of a dictionary's key, or the attribute of an object: see <see cref="Entries"/>.</summary>
    /// <exception cref="InvalidCastException">This is neither.</exception>
    /// <exception cref="KeyNotFoundException">It has no such key; the message lists those it has.</exception>
    public TorchValue this[string key] => Entries.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException($"There is no '{key}' here; the keys are {Names(Entries.Keys)}.");

    /// <summary>One value of a list, or the value of a dictionary's key that is this number, as in <c>optimizer["state"][0]</c>.</summary>
    /// <exception cref="InvalidCastException">This is neither.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The list is shorter.</exception>
    /// <exception cref="KeyNotFoundException">The dictionary has no such key; the message lists those it has.</exception>
    public TorchValue this[int index]
    {
        get
        {
            if (Value is TorchDictionary dictionary)
            {
                return dictionary.Find(new TorchValue((long)index))
                    ?? throw new KeyNotFoundException($"There is no number {index} among the keys, which are {Names(dictionary.Keys)}.");
            }

            return index >= 0 && index < Items.Count
                ? Items[index]
                : throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Items.Count} values here.");
        }
    }

    /// <summary>
    /// The value as one of the types of <see cref="Value"/>; a long also as int, float or double, a double also as float, where it fits.
    /// </summary>
    /// <exception cref="InvalidCastException">This is something else; the message says what.</exception>
    public T As<T>() => Value switch
    {
        T value => value,
        long number when typeof(T) == typeof(double) => (T)(object)(double)number,
        long number when typeof(T) == typeof(float) => (T)(object)(float)number,
        long number and >= int.MinValue and <= int.MaxValue when typeof(T) == typeof(int) => (T)(object)(int)number,
        long number when typeof(T) == typeof(BigInteger) => (T)(object)new BigInteger(number),
        double number when typeof(T) == typeof(float) => (T)(object)(float)number,
        long or BigInteger when typeof(T) == typeof(int) || typeof(T) == typeof(long) => throw new InvalidCastException(
            $"The integer {this} does not fit {TypeText.Of(typeof(T))}. Take it as {(Value is long ? "long" : nameof(BigInteger))}."),
        ComplexTensor when typeof(T) == typeof(Tensor) => throw new InvalidCastException(
            $"A tensor was expected here, but there is {Describe()}. Take its real and imaginary parts: As<ComplexTensor>().Pairs."),
        _ => throw Other(TypeText.Of(typeof(T))),
    };

    /// <summary>
    /// The weights here by name: of a saved <c>state_dict</c> its tensors, and of a whole module, pickled or TorchScript, the params and
    /// buffers that its <c>state_dict()</c> has, with those of the modules below.
    /// </summary>
    /// <exception cref="InvalidCastException">This is neither.</exception>
    public TorchStateDict ToStateDict() => TorchModules.StateDict(this);

    private TorchDictionary Dictionary => Value as TorchDictionary ?? throw Other("dictionary");

    /// <summary>
    /// The number, text or type of the tensor; an object with its arguments, shortened; containers only with their length.
    /// </summary>
    public override string ToString() => Value switch
    {
        string text => text,
        TorchDictionary or IReadOnlyList<TorchValue> or byte[] => Describe(),
        _ => TorchText.Of(this),
    };

    /// <summary>In words, for messages.</summary>
    internal string Describe() => Value switch
    {
        null => "None",
        bool => "a truth value",
        long or BigInteger => "an integer",
        double => "a number",
        Complex => "a complex number",
        string => "text",
        byte[] bytes => $"{bytes.Length} bytes",
        DType dtype => $"the element type {dtype.Name()}",
        Tensor tensor => $"a tensor {tensor.Type}",
        ComplexTensor tensor => $"a complex tensor {tensor}",
        StoredTensor or NumpyArray => "a tensor",
        TorchStorage => "a storage",
        TorchObject item => item.ToString(),
        TorchValue[] tuple => $"a tuple of {tuple.Length}",
        IReadOnlyList<TorchValue> list => $"a list of {list.Count}",
        TorchDictionary dictionary => $"a dictionary of {dictionary.Count}",
        var value => TypeText.OfValue(value),
    };

    private InvalidCastException Other(string expected) => new(
        $"{Article.Capital(expected)} was expected here, but there is "
        + $"{Describe()}.{(Value is TorchObject ? " It is an object of Python that Brachy does not know, and was not made." : "")}");

    /// <summary>The first few of many names.</summary>
    internal static string Names(IEnumerable<string> names)
    {
        var some = names.Take(11).ToArray();
        return some.Length == 0 ? "none" : string.Join(", ", some.Take(10)) + (some.Length > 10 ? ", …" : "");
    }
}
