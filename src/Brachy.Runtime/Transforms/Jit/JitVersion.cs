using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>One compiled version of a function: the arguments it is for, and how to make the result.</summary>
internal sealed class JitVersion(TreeDef arguments, TreeDef result, Executable executable) : CachedVersion(arguments)
{
    public TreeDef Result { get; } = result;

    public Executable Executable { get; } = executable;

    /// <summary>Frees the native unit.</summary>
    protected override void Free() => Executable.Dispose();
}
