namespace Brachy.CompilerServices;

/// <summary>The type of a tensor some of whose sizes may be any.</summary>
/// <param name="type">A type; of the sizes that vary one example.</param>
/// <param name="names">For each dim the name of its size, or null where it is fixed.</param>
internal sealed class VaryingType(TensorType type, string?[] names) : IEquatable<VaryingType>
{
    public IReadOnlyList<string?> Names => names;

    /// <summary>Whether a type differs in sizes that vary alone.</summary>
    public bool Fits(TensorType other)
    {
        if (other.DType != type.DType || other.Rank != names.Length || other.Device != type.Device || other.IsNumber)
        {
            return false;
        }

        for (var dim = 0; dim < names.Length; dim++)
        {
            if (names[dim] is null && other.Shape[dim] != type.Shape[dim])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The type for some sizes.</summary>
    public TensorType At(Func<string, long> sizeOf) =>
        type.WithShape([.. names.Select((name, dim) => name is null ? type.Shape[dim] : sizeOf(name))]);

    public bool Equals(VaryingType? other) => other is not null && other.Names.SequenceEqual(names) && other.Fits(type);

    public override bool Equals(object? obj) => Equals(obj as VaryingType);

    public override int GetHashCode() => HashCode.Combine(type.DType, type.Device, names.Length);

    /// <summary>For example <c>float32[batch, 3]</c>.</summary>
    public override string ToString()
    {
        var sizes = names.Select((name, dim) => name ?? $"{type.Shape[dim]}");
        return $"{type.DType.Name()}[{string.Join(", ", sizes)}]{(type.Device == Device.CPU ? "" : "@" + type.Device)}";
    }
}
