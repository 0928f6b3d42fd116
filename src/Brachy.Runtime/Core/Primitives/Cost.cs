namespace Brachy.Extending;

/// <summary>What one use of a primitive costs, as far as types tell. Sums of costs are costs.</summary>
/// <param name="MultiplyAdds">
/// Products that are added to sums, of matrix products, convolutions and attention, and of their gradients; 0 for all else.
/// </param>
/// <param name="Elements">The elements that are read and written.</param>
/// <param name="Bytes">The bytes that are read and written.</param>
public readonly record struct Cost(double MultiplyAdds, double Elements, double Bytes)
{
    /// <summary>
    /// The number of steps, each waiting for the one before, in which a kernel does its work, such as that of a recurrent layer; 0 or 1
    /// where nothing waits. A sum has none.
    /// </summary>
    public double Steps { get; init; }

    /// <summary>The cost of reading or writing tensors once, each element of them.</summary>
    /// <param name="types">Their types.</param>
    public static Cost OfTraffic(params IEnumerable<TensorType> types)
    {
        ArgumentNullException.ThrowIfNull(types);
        var (elements, bytes) = (0.0, 0.0);
        foreach (var type in types)
        {
            elements += type.Shape.NumElements;
            bytes += (double)type.Shape.NumElements * type.DType.ItemSize();
        }

        return new Cost(0, elements, bytes);
    }

    /// <summary>The cost of both.</summary>
    public static Cost operator +(Cost left, Cost right) =>
        new(left.MultiplyAdds + right.MultiplyAdds, left.Elements + right.Elements, left.Bytes + right.Bytes);
}
