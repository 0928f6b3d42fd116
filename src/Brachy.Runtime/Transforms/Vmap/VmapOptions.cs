namespace Brachy;

/// <summary>What was asked of <see cref="Vmap"/>.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="InAxes">The dims of the arguments.</param>
/// <param name="OutAxes">The dims of the results.</param>
/// <param name="AxisName">The name of the batch.</param>
/// <param name="AxisSize">The number of samples, where no tensor tells.</param>
/// <param name="ChunkSize">How many samples are computed at once.</param>
/// <param name="Randomness">What is drawn where the key is the same for all samples.</param>
internal sealed record VmapOptions(
    string Name, Axes InAxes, Axes OutAxes, string? AxisName, long? AxisSize, long? ChunkSize, Randomness Randomness)
{
    /// <summary>Checks what can be checked before a call.</summary>
    public static VmapOptions Of(
        string name, int arguments, Axes? inAxes, Axes? outAxes, string? axisName, long? axisSize, long? chunkSize, Randomness randomness)
    {
        if (inAxes?.Items is { } items && items.Count != arguments)
        {
            throw new ArgumentException(
                $"Vmap.Of: inAxes {inAxes} has {items.Count} items, but {name} takes {arguments} "
                + $"argument{(arguments == 1 ? "" : "s")}; give one for each, or one number for all.", nameof(inAxes));
        }

        RequireFlat(inAxes, nameof(inAxes));
        RequireFlat(outAxes, nameof(outAxes));
        if (axisSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(axisSize));
        }

        if (chunkSize is { } chunk)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunk, nameof(chunkSize));
            if (axisName is not null)
            {
                throw new ArgumentException(
                    $"Vmap.Of: a batch with a name ('{axisName}') is not computed in chunks, since its samples need each other.",
                    nameof(chunkSize));
            }
        }

        return Enum.IsDefined(randomness)
            ? new(name, inAxes ?? 0, outAxes ?? 0, axisName, axisSize, chunkSize, randomness)
            : throw new ArgumentOutOfRangeException(nameof(randomness), randomness, "There is no such kind of randomness.");
    }

    private static void RequireFlat(Axes? axes, string name)
    {
        if (axes?.Items?.Any(item => item?.Items is not null) == true)
        {
            throw new ArgumentException(
                $"Vmap.Of: {name} {axes} has lists in a list; for parts of an argument use Axes.Where((path, type) => ...).", name);
        }
    }
}
