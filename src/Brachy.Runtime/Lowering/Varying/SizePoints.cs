namespace Brachy.Compilation;

/// <summary>Sizes for which a program was looked at.</summary>
/// <param name="Names">The names of the sizes.</param>
/// <param name="Points">For each look the sizes in the order of the names.</param>
internal sealed record SizePoints(IReadOnlyList<string> Names, IReadOnlyList<long[]> Points)
{
    /// <summary>For example <c>batch = 64, time = 7</c>.</summary>
    public string Describe(int point) => Describe(Names, Points[point]);

    /// <inheritdoc cref="Describe(int)"/>
    public static string Describe(IReadOnlyList<string> names, IReadOnlyList<long> sizes) =>
        string.Join(", ", names.Select((name, i) => $"{name} = {sizes[i]}"));
}
