namespace Brachy.Trees;

/// <summary>Counts the edits of all trees and dictionaries of the program, so that what was read of a tree can be used again.</summary>
internal static class TreeEdits
{
    private static long s_count;

    /// <summary>What is the same before a walk over a tree and later says that the tree is as it was.</summary>
    public static long Count => Volatile.Read(ref s_count);

    /// <summary>
    /// Notes an edit, after it was made: who reads the new count before a walk then sees the edit, and who read the old one is told.
    /// </summary>
    public static void Note() => Interlocked.Increment(ref s_count);
}
