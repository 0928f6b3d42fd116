namespace Brachy;

// Which axis a name means where it is used.
internal sealed partial class NamedAxis
{
    private static readonly Lazy<NamedAxis> s_ranks = new(
        () => new NamedAxis(Rank.Axis, Rank.Count), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The ranks of the program, one of which this process is.</summary>
    public static NamedAxis Ranks => s_ranks.Value;

    /// <summary>Whether its samples are the ranks of the program.</summary>
    public bool IsOfRanks => s_ranks.IsValueCreated && ReferenceEquals(this, s_ranks.Value);

    /// <summary>The innermost open axis of a name; the ranks have one everywhere.</summary>
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

        if (name == Rank.Axis || RankScope.Names(name))
        {
            return Ranks;
        }

        throw new ArgumentException(
            $"{function}: there is no axis '{name}' here; "
            + (open.Count > 0 ? $"there are {string.Join(", ", open)}." : "no axis has a name.")
            + $" Call it in a function of Vmap.Of(..., axisName: \"{name}\"); the ranks of the program are the axis \"{Rank.Axis}\".");
    }
}
