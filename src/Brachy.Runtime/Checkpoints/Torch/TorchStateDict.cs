using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Brachy.IO;

/// <summary>
/// The tensors of a saved <c>state_dict</c> or module by name, in their order, for <see cref="Import.FromStateDict"/>. A complex tensor
/// comes as its real and imaginary parts in one more dim of size 2, as in <c>torch.view_as_real</c>.
/// </summary>
public sealed class TorchStateDict : IReadOnlyDictionary<string, Tensor>
{
    private readonly OrderedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, TorchValue> _others = new(StringComparer.Ordinal);

    internal TorchStateDict()
    {
    }

    /// <summary>What stands among the tensors and is none, such as <c>_extra_state</c>, by name.</summary>
    public IReadOnlyDictionary<string, TorchValue> Others => _others;

    /// <summary>How many tensors there are.</summary>
    public int Count => _tensors.Count;

    /// <summary>The names of the tensors.</summary>
    public IEnumerable<string> Keys => _tensors.Keys;

    /// <summary>The tensors.</summary>
    public IEnumerable<Tensor> Values => _tensors.Values;

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists the names.</exception>
    public Tensor this[string key] => _tensors.TryGetValue(key, out var tensor)
        ? tensor
        : throw new KeyNotFoundException($"There is no tensor '{key}'; there are {TorchValue.Names(Keys)}.");

    /// <summary>
    /// The same without a prefix of the names, such as the <c>module.</c> that DataParallel puts before all; names without it stay.
    /// </summary>
    /// <exception cref="ArgumentException">Two names would become the same.</exception>
    public TorchStateDict WithoutPrefix(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var result = new TorchStateDict();
        foreach (var (name, value) in _tensors.Select(t => KeyValuePair.Create(t.Key, new TorchValue(t.Value))).Concat(_others))
        {
            if (!result.TryAdd(name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name, value))
            {
                throw new ArgumentException($"Without '{prefix}', '{name}' has the name of another value.", nameof(prefix));
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => _tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal bool TryAdd(string name, TorchValue value)
    {
        var tensor = value.Value as Tensor ?? (value.Value as ComplexTensor)?.Pairs;
        return !_tensors.ContainsKey(name) && !_others.ContainsKey(name)
            && (tensor is null ? _others.TryAdd(name, value) : _tensors.TryAdd(name, tensor));
    }
}
