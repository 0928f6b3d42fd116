using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Says why a call did not fit any compiled version.</summary>
internal static class Retrace
{
    /// <summary>The first difference to the version that has the most in common.</summary>
    public static string Explain(TreeDef arguments, IReadOnlyList<CachedVersion> versions)
    {
        if (versions.Count == 0)
        {
            return "first call";
        }

        var closest = versions.Select(v => v.Arguments).MinBy(known => Differences(arguments, known))!;
        var length = Math.Min(arguments.Tokens.Length, closest.Tokens.Length);
        for (var i = 0; i < length; i++)
        {
            if (!TreeDef.TokenEquals(arguments.Tokens[i], closest.Tokens[i]))
            {
                return $"'{arguments.Paths![i]}' was {closest.Describe(closest.Tokens[i])} and is now "
                    + $"{arguments.Describe(arguments.Tokens[i])}";
            }
        }

        return "the arguments hold a different number of values";
    }

    /// <summary>
    /// The dims of tensors in which a call differs from the version that has the most in common, when nothing else differs and all of
    /// them went from one size to one other; null otherwise.
    /// </summary>
    public static string? OneSize(TreeDef arguments, IReadOnlyList<CachedVersion> versions)
    {
        if (versions.Select(v => v.Arguments).MinBy(known => Differences(arguments, known)) is not { } closest
            || closest.Tokens.Length != arguments.Tokens.Length)
        {
            return null;
        }

        var dims = new List<(string Path, int Dim)>();
        (long From, long To)? change = null;
        for (var i = 0; i < arguments.Tokens.Length; i++)
        {
            if (TreeDef.TokenEquals(arguments.Tokens[i], closest.Tokens[i]))
            {
                continue;
            }

            if (closest.Tokens[i].Value is not TensorType before || arguments.Tokens[i].Value is not TensorType now
                || before.Rank != now.Rank || !before.WithShape(now.Shape).Equals(now))
            {
                return null;
            }

            foreach (var dim in Enumerable.Range(0, now.Rank).Where(dim => now.Shape[dim] != before.Shape[dim]))
            {
                if ((change ??= (before.Shape[dim], now.Shape[dim])) != (before.Shape[dim], now.Shape[dim]))
                {
                    return null;
                }

                dims.Add((arguments.Paths![i], dim));
            }
        }

        return SizePlaces.Describe(dims);
    }

    private static int Differences(TreeDef left, TreeDef right)
    {
        var length = Math.Min(left.Tokens.Length, right.Tokens.Length);
        var count = Math.Abs(left.Tokens.Length - right.Tokens.Length);
        for (var i = 0; i < length; i++)
        {
            if (!TreeDef.TokenEquals(left.Tokens[i], right.Tokens[i]))
            {
                count++;
            }
        }

        return count;
    }
}
