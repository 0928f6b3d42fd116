using Brachy.CompilerServices;

namespace Brachy.Trees;

/// <summary>
/// Picks tensors of a tree by their path, as in <c>"layers.0.weight"</c>. A string converts to a pattern: <c>*</c> stands
/// for any text within one part of a path, <c>?</c> for one character, and the part <c>**</c> for any number of parts, none
/// included. Thus <c>"**"</c> is every tensor, <c>"encoder.**"</c> all below encoder, and <c>"**.bias"</c> every bias.
/// Filters combine in C# with <c>|</c>, <c>&amp;</c> and <c>!</c>, as in <c>(PathFilter)"a.*" | "b.*"</c>, and compare by value. In the
/// text of a pattern <c>| &amp; [ ] { }</c> and a leading <c>!</c> are refused; <c>?</c> stands for such a character of a key.
/// </summary>
public abstract record PathFilter : IStaticContent
{
    private protected PathFilter()
    {
    }

    /// <summary>Every tensor.</summary>
    public static PathFilter All { get; } = new PathPattern("**");

    /// <summary>The tensors whose path matches a pattern.</summary>
    /// <exception cref="ArgumentException">
    /// The pattern is empty, ** is only a piece of one of its parts, or it has one of <c>| &amp; [ ] { }</c>.
    /// </exception>
    public static implicit operator PathFilter(string pattern) => FromString(pattern);

    /// <summary>The tensors whose path matches a pattern.</summary>
    /// <exception cref="ArgumentException">
    /// The pattern is empty, ** is only a piece of one of its parts, or it has one of <c>| &amp; [ ] { }</c>.
    /// </exception>
    public static PathFilter FromString(string pattern) => new PathPattern(pattern);

    /// <summary>The tensors that a function picks, for example <c>PathFilter.Where((path, p) => p.ndim &lt; 2)</c>.</summary>
    /// <param name="predicate">From path and tensor to whether it is picked. Two filters are equal when their functions are.</param>
    public static PathFilter Where(Func<string, Tensor, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return new PathPredicate(predicate);
    }

    /// <summary>What either filter picks.</summary>
    public static PathFilter operator |(PathFilter left, PathFilter right) => BitwiseOr(left, right);

    /// <summary>What both filters pick.</summary>
    public static PathFilter operator &(PathFilter left, PathFilter right) => BitwiseAnd(left, right);

    /// <summary>What the filter does not pick.</summary>
    public static PathFilter operator !(PathFilter filter) => LogicalNot(filter);

    /// <summary>What either filter picks.</summary>
    public static PathFilter BitwiseOr(PathFilter left, PathFilter right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new EitherPath(left, right);
    }

    /// <summary>What both filters pick.</summary>
    public static PathFilter BitwiseAnd(PathFilter left, PathFilter right) => !(!left | !right);

    /// <summary>What the filter does not pick.</summary>
    public static PathFilter LogicalNot(PathFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter is OtherPath other ? other.Filter : new OtherPath(filter);
    }

    /// <summary>Whether the filter picks a tensor.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="tensor">The tensor; only filters by <see cref="Where"/> look at it.</param>
    public abstract bool Matches(string path, Tensor tensor);

    /// <summary>The path, when the filter is one path without wildcards.</summary>
    internal virtual string? LiteralPath => null;

    /// <summary>Whether the filter is made of patterns and | alone, so that what it picks need not be a tensor.</summary>
    internal virtual bool PicksPlaces => false;

    /// <summary>Whether the filter picks a place of any kind; the path of the root is empty.</summary>
    /// <exception cref="ArgumentException">The filter looks at tensors.</exception>
    internal abstract bool MatchesPath(string path);
}

internal sealed record PathPattern : PathFilter
{
    private readonly string _pattern;

    public PathPattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var bad = pattern.Split('.').FirstOrDefault(
            part => part.Length == 0 || (part != "**" && part.Contains("**", StringComparison.Ordinal)));
        if (bad is not null)
        {
            throw new ArgumentException(
                $"The pattern '{pattern}' has the part '{bad}'. Parts are not empty, and ** is a part of its own, as in \"encoder.**\".",
                nameof(pattern));
        }

        var at = pattern[0] == '!' ? 0 : pattern.AsSpan().IndexOfAny("|&[]{}");
        if (at >= 0)
        {
            throw new ArgumentException(
                $"The pattern '{pattern}' has a '{pattern[at]}', which means nothing in a pattern. Combine filters in C#: "
                + "(PathFilter)\"a.*\" | \"b.*\", also with & and !. " +
                "Where a key has that character, write ? for it.", nameof(pattern));
        }

        _pattern = pattern;
    }

    internal string Pattern => _pattern;

    internal override string? LiteralPath => _pattern.AsSpan().ContainsAny('*', '?') ? null : _pattern;

    internal override bool PicksPlaces => true;

    public override bool Matches(string path, Tensor tensor) => MatchesPath(path);

    public override string ToString() => $"\"{_pattern}\"";

    internal override bool MatchesPath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return MatchesParts(_pattern.Split('.'), path.Length == 0 ? [] : path.Split('.'));
    }

    private static bool MatchesParts(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        // The last ** met may take one part more when what follows does not fit; an earlier one never needs to.
        var (at, back, taken) = (0, -1, 0);
        for (var i = 0; i < path.Length;)
        {
            if (at < pattern.Length && pattern[at] == "**")
            {
                (back, taken) = (at++, i);
            }
            else if (at < pattern.Length && MatchesText(pattern[at], path[i]))
            {
                (at, i) = (at + 1, i + 1);
            }
            else if (back >= 0)
            {
                (at, i) = (back + 1, ++taken);
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == "**")
        {
            at++;
        }

        return at == pattern.Length;
    }

    private static bool MatchesText(string pattern, string text)
    {
        var (at, back, taken) = (0, -1, 0);
        for (var i = 0; i < text.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (back, taken) = (at++, i);
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == text[i]))
            {
                (at, i) = (at + 1, i + 1);
            }
            else if (back >= 0)
            {
                (at, i) = (back + 1, ++taken);
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*')
        {
            at++;
        }

        return at == pattern.Length;
    }
}

internal sealed record PathPredicate(Func<string, Tensor, bool> Predicate) : PathFilter
{
    public override bool Matches(string path, Tensor tensor) => Predicate(path, tensor);

    public override string ToString() => "a predicate";

    internal override bool MatchesPath(string path) => throw new ArgumentException(
        "A filter by PathFilter.Where looks at tensors, so that it picks no nodes. Give a pattern, or a function of path and node: "
        + "SelectNodes((path, node) => …), AtNodes((path, node) => …).");
}

internal sealed record EitherPath(PathFilter Left, PathFilter Right) : PathFilter
{
    public override bool Matches(string path, Tensor tensor) => Left.Matches(path, tensor) || Right.Matches(path, tensor);

    internal override bool PicksPlaces => Left.PicksPlaces && Right.PicksPlaces;

    public override string ToString() => $"({Left} | {Right})";

    internal override bool MatchesPath(string path) => Left.MatchesPath(path) || Right.MatchesPath(path);
}

internal sealed record OtherPath(PathFilter Filter) : PathFilter
{
    public override bool Matches(string path, Tensor tensor) => !Filter.Matches(path, tensor);

    public override string ToString() => $"!{Filter}";

    internal override bool MatchesPath(string path) => !Filter.MatchesPath(path);
}
