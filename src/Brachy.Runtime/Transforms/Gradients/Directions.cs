namespace Brachy;

/// <summary>Tangents and cotangents: values of the structure of others, as users give them and are given them.</summary>
internal static class Directions
{
    /// <summary>Takes a tangent or cotangent apart.</summary>
    /// <param name="of">What it belongs to.</param>
    /// <param name="value">The tangent or cotangent.</param>
    /// <param name="kind">"tangent" or "cotangent", for messages.</param>
    /// <param name="whose">What it belongs to, for messages.</param>
    /// <returns>
    /// One of the same type for each tensor; null for zero: where a tensor is missing, or is not of a floating-point type.
    /// </returns>
    /// <exception cref="ArgumentException">There is a tensor where the value has none, or a shared one has several.</exception>
    /// <exception cref="ShapeException">A shape differs.</exception>
    /// <exception cref="DTypeException">An element type differs.</exception>
    /// <exception cref="DeviceException">A device differs.</exception>
    public static Tensor?[] Match<T>(Parts<T> of, T value, string kind, string whose)
    {
        var parts = Parts<T>.Of(value, of.Handler);
        var given = parts.Places().ToDictionary(p => p.Place, p => parts.Leaves[p.Leaf]);
        var found = new Tensor?[of.Types.Length];
        foreach (var (place, leaf) in of.Places())
        {
            if (given.Remove(place, out var direction) && of.Types[leaf].DType.IsFloatingPoint())
            {
                var fitted = Fit(direction, of.Types[leaf], place.Path, kind);
                if (found[leaf] is { } other && !ReferenceEquals(other, fitted))
                {
                    throw new ArgumentException(
                        $"'{Named(place.Path, kind)}' is the {kind} of a tensor that {whose} has at several places, and differs from the "
                        + "one at an earlier place; give the same tensor at all of them.");
                }

                found[leaf] = fitted;
            }
        }

        return given.Count == 0 ? found : throw new ArgumentException(
            $"There is a {kind} at '{Named(given.Keys.First().Path, kind)}', where {whose} has no tensor; it has some at "
            + $"{string.Join(", ", of.Definition.LeafPaths!.Select(path => $"'{Named(path, whose)}'"))}.");
    }

    /// <summary>The tangents or cotangents of all tensors, with zeros where there is none.</summary>
    /// <param name="of">What they belong to.</param>
    /// <param name="directions">The tangents or cotangents.</param>
    /// <param name="taken">Tensors that others hold, and which are given under another identity.</param>
    public static Tensor[] Complete<T>(this Parts<T> of, Tensor?[] directions, IEnumerable<Tensor?> taken)
    {
        var known = new HashSet<object>(taken.OfType<Tensor>(), ReferenceEqualityComparer.Instance);
        return [.. directions.Zip(of.Types, (direction, type) =>
            direction is null ? F.zeros(type.Shape, type.DType, type.Device) : known.Add(direction) ? direction : F.alias(direction))];
    }

    private static Tensor Fit(Tensor direction, TensorType type, string path, string kind)
    {
        if (direction.Number is not null && type.Rank == 0)
        {
            return F.full([], direction.Number.Value, type.DType, type.Device);
        }

        var problem = $"The {kind} of '{path}', which is {type}, is {direction.Type}";
        if (direction.shape != type.Shape)
        {
            throw new ShapeException($"{problem}; a {kind} has the shape of its tensor.");
        }

        if (direction.dtype != type.DType)
        {
            throw new DTypeException($"{problem}; a {kind} has the element type of its tensor (use x.to(dtype)).");
        }

        return direction.device == type.Device
            ? direction
            : throw new DeviceException($"{problem}; a {kind} lies on the device of its tensor (use x.to(device)).");
    }

    private static string Named(string path, string name) => path == "argument" ? name : path;
}
