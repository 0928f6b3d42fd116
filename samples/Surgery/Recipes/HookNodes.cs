using Brachy;
using Brachy.Modules;
using Brachy.Trees;

namespace Surgery.Recipes;

/// <summary>Changes what nodes give while a hook is on them, and takes the hook off again.</summary>
public static class HookNodes
{
    /// <summary>Scales what each block gives.</summary>
    public static readonly IApplyWrapper Dampen = Hook.After((Tensor y) => 0.3 * y);

    /// <summary>A network with the hook on its blocks.</summary>
    public static StructureTree Add(StructureTree model) => model.Wrap("blocks.*", Dampen, "dampened");

    /// <summary>The network without it, and with any other hooks that it has.</summary>
    public static StructureTree Remove(StructureTree model) => model.Unwrap("**", hook => hook.Equals(Dampen));
}
