namespace Brachy;

/// <summary>A batch under a name, whose samples can be combined. Two are never the same.</summary>
/// <param name="name">The name.</param>
/// <param name="size">The number of samples.</param>
internal sealed class NamedAxis(string name, long size)
{
    public string Name { get; } = name;

    public long Size { get; } = size;

    /// <summary>The innermost open axis of a name.</summary>
    /// <param name="function">Who asks, for messages.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static NamedAxis Find(string function, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var open = new List<string>();
        foreach (var axis in Trace.Current?.Axes() ?? [])
        {
            if (axis.Name == name)
            {
                return axis;
            }

            open.Add($"'{axis.Name}'");
        }

        throw new ArgumentException(
            $"{function}: there is no axis '{name}' here; "
            + (open.Count > 0 ? $"there are {string.Join(", ", open)}." : "no axis has a name.")
            + $" Call it in a function of Vmap.Of(..., axisName: \"{name}\").");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
