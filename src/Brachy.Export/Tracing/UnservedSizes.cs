namespace Brachy.IO.Tracing;

/// <summary>
/// Sizes for which a function is another program than what formulas say, or fails. A file with formulas refuses to run for them.
/// </summary>
/// <param name="Ranges">For some names, by their positions, the sizes that are meant together.</param>
/// <param name="Reason">Where the program is another, or why it fails.</param>
internal sealed record UnservedSizes(IReadOnlyList<SizeSpan> Ranges, string Reason)
{
    /// <summary>For example <c>batch = 1, time = 0 is not served</c>, and why.</summary>
    public string Describe(IReadOnlyList<string> names) =>
        $"{string.Join(", ", Ranges.Select(range => range.Describe(names)))} is not served: {Reason} Export the function for such sizes "
        + "without names.";
}

/// <summary>Sizes of one name.</summary>
/// <param name="Name">The position of the name.</param>
/// <param name="From">The smallest.</param>
/// <param name="To">The largest; <see cref="long.MaxValue"/> for no end.</param>
internal sealed record SizeSpan(int Name, long From, long To)
{
    /// <summary>For example <c>batch = 1</c> or <c>time &gt;= 33</c>.</summary>
    public string Describe(IReadOnlyList<string> names) =>
        From == To ? FormattableString.Invariant($"{names[Name]} = {From}")
        : To == long.MaxValue ? FormattableString.Invariant($"{names[Name]} >= {From}")
        : From == 0 ? FormattableString.Invariant($"{names[Name]} <= {To}")
        : FormattableString.Invariant($"{names[Name]} = {From} to {To}");
}
