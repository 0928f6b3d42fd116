namespace Brachy.Models;

/// <summary>Reads the tensors that have a place, in the element type that is wanted; what is not kept in the end is freed.</summary>
internal sealed class WeightReader(IWeightSource source, DType? dtype) : IDisposable
{
    private readonly Dictionary<string, Tensor> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _values = new(StringComparer.Ordinal);
    private bool _isKept;

    /// <summary>The tensors by path, one for all paths of a shared weight.</summary>
    public IReadOnlyDictionary<string, Tensor> Read(WeightFit fit)
    {
        foreach (var (path, name) in fit.NameOf.ToArray())
        {
            if (fit.SharedPaths(path).FirstOrDefault(_values.ContainsKey) is not { } same)
            {
                _values.Add(path, Read(name));
            }
            else if (!AreEqual(_values[same], name))
            {
                fit.AddDiffering(path, same);
            }
        }

        return _values;
    }

    /// <summary>The tensors live on in a tree.</summary>
    public void Keep() => _isKept = true;

    public void Dispose()
    {
        if (!_isKept)
        {
            foreach (var tensor in _read.Values)
            {
                tensor.Dispose();
            }
        }
    }

    private Tensor Read(string name)
    {
        var tensor = source.Read(name);
        if (dtype is { } wanted && tensor.dtype.IsFloatingPoint() && tensor.dtype != wanted)
        {
            // In between there are both, of this one tensor.
            var converted = tensor.to(wanted);
            tensor.Dispose();
            tensor = converted;
        }

        _read.Add(name, tensor);
        return tensor;
    }

    /// <summary>Whether a tensor of the file has the elements of one that was read.</summary>
    private bool AreEqual(Tensor other, string name)
    {
        var tensor = source.Read(name);
        using var scope = TensorScope.Begin();
        var converted = tensor.to(other.dtype);
        var isEqual = (bool)F.all(F.logical_or(F.eq(converted, other), F.logical_and(F.ne(converted, converted), F.ne(other, other))));
        tensor.Dispose();
        return isEqual;
    }
}
