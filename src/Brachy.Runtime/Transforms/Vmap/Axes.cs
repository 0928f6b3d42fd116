using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// Which dims of the arguments or results of a function are the batch, for <see cref="Vmap"/>: one number for all tensors, or one for each
/// argument or item of a tuple (<c>[0, null, -1]</c>), or what a function says of each tensor (<see cref="Where"/>). Null for what is the
/// same for all samples. Negative dims count from the end.
/// </summary>
/// <example>
/// <code>
/// var losses = Vmap.Of((StructureTree model, Tensor x) => Loss(model, x), inAxes: [null, 0]);
/// </code>
/// </example>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public sealed class Axes : IEnumerable<Axes?>
{
    private readonly int? _axis;
    private readonly Axes?[]? _items;
    private readonly Func<string, TensorType, int?>? _choose;

    private Axes(int? axis, Axes?[]? items, Func<string, TensorType, int?>? choose) => (_axis, _items, _choose) = (axis, items, choose);

    /// <summary>No dim: all tensors are the same for all samples.</summary>
    public static Axes None { get; } = new(null, null, null);

    /// <summary>For each argument, or item of a result, the dims of its tensors.</summary>
    internal IReadOnlyList<Axes?>? Items => _items;

    /// <summary>One dim for all tensors.</summary>
    public static implicit operator Axes(int axis) => new(axis, null, null);

    /// <summary>One for each argument, or item of a tuple or list; null for what is the same for all samples.</summary>
    public static Axes Create(ReadOnlySpan<Axes?> items) => new(null, items.ToArray(), null);

    /// <summary>What a function says of each tensor.</summary>
    /// <param name="choose">
    /// From the path of a tensor within its argument or result, such as <c>encoder.weight</c> (empty for the argument itself), and its type
    /// to its dim; null for none.
    /// </param>
    public static Axes Where(Func<string, TensorType, int?> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return new(null, null, choose);
    }

    /// <inheritdoc/>
    public IEnumerator<Axes?> GetEnumerator() => ((IEnumerable<Axes?>)(_items ?? [this])).GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => _items is not null
        ? $"[{string.Join(", ", _items.Select(item => item?.ToString() ?? "null"))}]"
        : _choose is not null ? "a function" : _axis?.ToString(CultureInfo.InvariantCulture) ?? "null";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The dim of a tensor; null for none.</summary>
    internal int? Of(string path, TensorType type) => _choose is not null ? _choose(path, type) : _axis;
}
