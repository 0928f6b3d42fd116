namespace Brachy.IO;

/// <summary>A loaded value that does not fit its place.</summary>
/// <param name="Path">The path in the tree.</param>
/// <param name="Expected">What stands there, such as <c>float32[3, 4]</c>.</param>
/// <param name="Found">What was loaded.</param>
public sealed record LoadMismatch(string Path, string Expected, string Found)
{
    /// <summary>For example <c>fc.weight (float32[3, 4] expected, float32[4, 3] found)</c>.</summary>
    public override string ToString() => $"{Path} ({Expected} expected, {Found} found)";
}
