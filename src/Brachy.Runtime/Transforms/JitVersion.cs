namespace Brachy;

/// <summary>One compiled version of a function: the arguments it is for, and how to make the result.</summary>
internal sealed class JitVersion(TreeDef arguments, bool[] donated, TreeDef result, Executable executable) : CachedVersion(arguments)
{
    public TreeDef Result { get; } = result;

    public Executable Executable { get; } = executable;

    /// <summary>For each argument tensor whether it is donated.</summary>
    public bool[] Donated { get; } = donated;

    public bool HasDonations { get; } = donated.Contains(true);

    /// <summary>Frees the native unit.</summary>
    public override void Drop() => Executable.Dispose();
}
