namespace Brachy;

/// <summary>One compiled version of a function: the arguments it is for, and how to make the result.</summary>
internal sealed class JitVersion(TreeDef arguments, bool[] donated, TreeDef result, Executable executable)
{
    public TreeDef Arguments { get; } = arguments;

    public TreeDef Result { get; } = result;

    public Executable Executable { get; } = executable;

    /// <summary>For each argument tensor whether it is donated.</summary>
    public bool[] Donated { get; } = donated;

    public bool HasDonations { get; } = donated.Contains(true);

    /// <summary>When it was used last, in calls of the function.</summary>
    public long LastUsed { get; set; }
}
