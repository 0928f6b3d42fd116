using Brachy.Native;

namespace Brachy;

/// <summary>How deep values are nested that Brachy walks: what contains itself has no end.</summary>
internal static class NestingDepth
{
    /// <summary>The number of levels that a walk goes down.</summary>
    public const int Max = 200;

    // A look at the stack once in a power of two of levels, which need far less of it than is left when the runtime calls it insufficient.
    private const int LevelsBetweenLooks = 8;

    /// <summary>Whether a walk that counts its levels must stop.</summary>
    public static bool IsTooDeep(int depth) =>
        depth >= Max || ((depth & (LevelsBetweenLooks - 1)) == LevelsBetweenLooks - 1 && !StackSpace.IsEnough);
}
