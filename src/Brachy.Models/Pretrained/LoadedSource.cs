using Brachy.IO;

namespace Brachy.Models;

/// <summary>Tensors that are in memory already.</summary>
internal sealed class LoadedSource : IWeightSource
{
    private readonly IReadOnlyDictionary<string, Tensor> _tensors;
    private readonly Dictionary<string, TensorType> _types;
    private readonly bool _isOwned;

    // How many names of a tensor have not been read yet.
    private readonly Dictionary<Tensor, int> _left = new(ReferenceEqualityComparer.Instance);

    /// <param name="place">Where they come from, for messages.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="isOwned">Whether they are of nobody else, so that those that are not taken are freed.</param>
    public LoadedSource(string place, IReadOnlyDictionary<string, Tensor> tensors, bool isOwned)
    {
        (Place, _tensors, _isOwned) = (place, tensors, isOwned);
        _types = tensors.ToDictionary(t => t.Key, t => t.Value.Type, StringComparer.Ordinal);
        NotTensors = tensors is TorchStateDict state ? [.. state.Others.Keys] : [];
        foreach (var tensor in tensors.Values)
        {
            _left[tensor] = _left.GetValueOrDefault(tensor) + 1;
        }
    }

    public string Place { get; }

    public IReadOnlyDictionary<string, TensorType> Types => _types;

    public IReadOnlyList<string> NotTensors { get; }

    public Tensor Read(string name)
    {
        var tensor = _tensors[name];
        if (_isOwned && --_left[tensor] == 0)
        {
            _left.Remove(tensor);
            return tensor;
        }

        // Another owner of the same memory, so that the caller's tensor, or that of another name, stays.
        return tensor.Alias();
    }

    public void Dispose()
    {
        if (_isOwned)
        {
            foreach (var tensor in _left.Keys)
            {
                tensor.Dispose();
            }
        }
    }
}
