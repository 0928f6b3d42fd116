using Brachy.Extending;

namespace Brachy;

/// <summary>
/// Which values a function of <see cref="Grad.Checkpoint{T, TResult}"/> keeps for its gradient, as <c>jax.checkpoint_policies</c>.
/// </summary>
public sealed class CheckpointPolicy
{
    private readonly Func<Primitive, Settings, Cost, bool> _saves;

    private CheckpointPolicy(Func<Primitive, Settings, Cost, bool> saves) => _saves = saves;

    /// <summary>Nothing but what the function was given: the least memory, and about one more run of the function.</summary>
    public static CheckpointPolicy NothingSaved { get; } = new((_, _, _) => false);

    /// <summary>
    /// The results of products (matrix products, linear maps, convolutions, fused attention): what is cheap is computed again.
    /// </summary>
    public static CheckpointPolicy ProductsSaved { get; } = new((_, _, cost) => cost.MultiplyAdds > 0);

    /// <summary>Everything, as without <see cref="Grad.Checkpoint{T, TResult}"/>.</summary>
    public static CheckpointPolicy EverythingSaved { get; } = new((_, _, _) => true);

    /// <summary>The values that <see cref="F.checkpoint_name"/> gave one of these names.</summary>
    public static CheckpointPolicy NamesSaved(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        HashSet<string> known = [.. names];
        return new((_, settings, _) => settings is CheckpointNameSettings named && known.Contains(named.Name));
    }

    /// <summary>The results of some ops.</summary>
    /// <param name="predicate">Whether the results of a primitive are kept; see <see cref="Primitives.All"/>.</param>
    public static CheckpointPolicy ResultsSaved(Func<Primitive, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new((primitive, _, _) => predicate(primitive));
    }

    /// <summary>What one of two policies keeps.</summary>
    public CheckpointPolicy Or(CheckpointPolicy other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new((primitive, settings, cost) => _saves(primitive, settings, cost) || other._saves(primitive, settings, cost));
    }

    internal bool Saves(RecordedOp op) => _saves(op.Primitive, op.Settings, op.Cost);
}
