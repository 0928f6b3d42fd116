namespace Brachy;

/// <summary>
/// A batch under a name, whose samples can be combined: that of a function of one sample, or the program's ranks. Two are never the same.
/// </summary>
/// <param name="name">The name.</param>
/// <param name="size">The number of samples.</param>
internal sealed partial class NamedAxis(string name, long size)
{
    public string Name { get; } = name;

    public long Size { get; } = size;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
