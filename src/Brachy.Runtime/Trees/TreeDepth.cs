using Brachy.Native;

namespace Brachy.Trees;

/// <summary>
/// How deep trees go. One that contains itself has no end: every walk asks here, with the path that it joins or with its count of
/// levels, whether to go on.
/// </summary>
internal static class TreeDepth
{
    // Shorter paths are not worth a look.
    private const int ShortPath = 64;

    private const string Advice =
        "A node, list or dictionary can stand at several places of a tree, but not inside itself: put a copy there (StructureTree.Copy), "
        + "or take it out.";

    /// <summary>The path that a walk comes to.</summary>
    /// <exception cref="InvalidOperationException">It is too deep.</exception>
    public static string Checked(string path) =>
        path.Length < ShortPath || (path.AsSpan().Count('.') < NestingDepth.Max && StackSpace.IsEnough) ? path : throw Endless(path);

    /// <summary>The error at a path that is too deep. It names the first place that repeats one above.</summary>
    public static InvalidOperationException Endless(string path)
    {
        var keys = path.Split('.');

        // Before the first quarter may be what leads to the repetition, after the third a branch that leads out of it.
        var quarter = keys.Length / 4;
        var period = Enumerable.Range(1, quarter).FirstOrDefault(
            p => keys.AsSpan(quarter, quarter).SequenceEqual(keys.AsSpan(quarter + p, quarter)));
        if (period == 0)
        {
            return new($"The tree is too deep: it has {keys.Length} levels at '{string.Join('.', keys.Take(8))}...', and "
                + $"{NestingDepth.Max} are the limit. Does something contain itself? {Advice}");
        }

        var start = quarter;
        while (start > 0 && keys[start - 1] == keys[start - 1 + period])
        {
            start--;
        }

        return new($"The tree has no end: '{string.Join('.', keys.Take(start + period))}' is below itself (or there are more than "
            + $"{NestingDepth.Max} levels). {Advice}");
    }

    /// <summary>The error of a walk that counts its levels only: another walk finds the path.</summary>
    /// <param name="root">Where the walk began.</param>
    public static InvalidOperationException Endless(TreeValue root)
    {
        try
        {
            StructureTree.RequireEnd(root);
        }
        catch (InvalidOperationException error)
        {
            return error;
        }

        return Endless();
    }

    /// <summary>The error where no path is known.</summary>
    public static InvalidOperationException Endless() =>
        new($"A value is nested more than {NestingDepth.Max} levels deep, or the stack is used up. Does it contain itself? {Advice}");
}
