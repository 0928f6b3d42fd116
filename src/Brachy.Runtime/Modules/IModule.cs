using System.ComponentModel;

namespace Brachy.CompilerServices;

/// <summary>A module class of whose nodes views can be made. The source generator makes every <c>[Module]</c> class one.</summary>
/// <typeparam name="TSelf">The class itself.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IModule<TSelf>
    where TSelf : IModule<TSelf>
{
    /// <summary>Views an existing node as this module.</summary>
    static abstract TSelf Bind(StructureTree tree, GlobalConfig config);
}
