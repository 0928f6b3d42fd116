using System.Runtime.CompilerServices;
using Brachy.Trees;

namespace Brachy;

// What a tree must be.
public sealed partial class StructureTree
{
    /// <summary>
    /// Whether a value is a structure tree that can be applied: its root has an apply function, no submodule that is null, and keys that
    /// are legal (not empty, without '.'), each in only one of params, buffers and submodules.
    /// </summary>
    /// <param name="value">Anything.</param>
    /// <param name="recurse">Whether all nodes below must be so, too, and none may be below itself.</param>
    public static bool IsStructureTree(object? value, bool recurse = false) =>
        value is StructureTree tree && tree.IsWhole(recurse, new HashSet<object>(ReferenceEqualityComparer.Instance));

    /// <param name="recurse">Whether to look at the nodes below.</param>
    /// <param name="above">What this node is in.</param>
    private bool IsWhole(bool recurse, HashSet<object> above)
    {
        if (ApplyFn is null || !above.Add(this) || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        var isWhole = HasLegalKeys() && AreWhole(OwnParams, above) && AreWhole(OwnBuffers, above)
            && Submodules.Values.All(node => node is not null && (!recurse || node.IsWhole(recurse, above)));
        above.Remove(this);
        return isWhole;
    }

    private bool HasLegalKeys() =>
        Params.Keys.Concat(Buffers.Keys).Concat(Submodules.Keys).All(TreeKey.IsLegal)
        && !Params.Keys.Any(key => Buffers.ContainsKey(key) || Submodules.ContainsKey(key))
        && !Buffers.Keys.Any(Submodules.ContainsKey);

    private static bool AreWhole(TreeDictionary<TreeValue>? values, HashSet<object> above) =>
        values?.Values.All(value => IsWhole(value, above)) != false;

    /// <summary>
    /// Whether a value of a tree holds no container that is in itself. Trees that are values, such as an optimizer's state,
    /// need not compute anything.
    /// </summary>
    private static bool IsWhole(TreeValue value, HashSet<object> above)
    {
        if (value.Value is null or Tensor)
        {
            return true;
        }

        if (!above.Add(value.Value) || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        var isWhole = value.Value switch
        {
            StructureTree tree => tree.HasLegalKeys() && AreWhole(tree.OwnParams, above) && AreWhole(tree.OwnBuffers, above)
                && tree.Submodules.Values.All(node => node is not null && IsWhole((TreeValue)node, above)),
            TreeValue[] list => list.All(item => IsWhole(item, above)),
            TreeDictionary<TreeValue> dictionary => AreWhole(dictionary, above),
            _ => false,
        };
        above.Remove(value.Value);
        return isWhole;
    }
}
