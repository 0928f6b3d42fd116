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
