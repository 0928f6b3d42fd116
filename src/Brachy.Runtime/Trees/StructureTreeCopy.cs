using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy;

// Structural copies.
public sealed partial class StructureTree
{
    /// <summary>
    /// A structural copy. Tensors are shared; dictionaries are new, and so are aux values that can change: collections, and records and
    /// structs that hold some (see <see cref="StaticContent"/>; those of unknown types are shared).
    /// </summary>
    public StructureTree Copy() => Copied(TreeParts.All, this, 0);

    /// <summary>The params of this node and those below, without buffers, aux and functions.</summary>
    public StructureTree GetParams() => Copied(TreeParts.Params, this, 0);

    /// <summary>
    /// The same tree with other params of this node and those below; the rest is a structural copy. A weight that stands in buffers, too,
    /// is replaced there as well.
    /// </summary>
    /// <param name="parameters">A tree of params, as <see cref="GetParams"/> gives it.</param>
    /// <exception cref="ArgumentException">The two trees do not have the same submodules.</exception>
    public StructureTree WithParams(StructureTree parameters) => WithParams(parameters, "").WithFollowingBuffers(this, parameters);

    internal static TreeValue CopyValue(TreeValue value) => Copied(value, value, 0);

    /// <param name="parts">What to copy of this node and its submodules; trees among its values are copied as a whole.</param>
    /// <param name="root">Where the walk began.</param>
    /// <param name="depth">The number of levels above.</param>
    private StructureTree Copied(TreeParts parts, TreeValue root, int depth)
    {
        RequireEnd(root, depth);
        var copy = new StructureTree
        {
            _params = Copied(OwnParams, root, depth),
            _buffers = parts.HasFlag(TreeParts.Buffers) ? Copied(OwnBuffers, root, depth) : null,
            _aux = parts.HasFlag(TreeParts.Aux) ? CopyAux() : null,
            _applyFn = parts.HasFlag(TreeParts.Apply) ? ApplyFn : null,
        };
        if (OwnSubmodules is { } submodules)
        {
            var nodes = new StructureTree[submodules.Count];
            for (var i = 0; i < nodes.Length; i++)
            {
                nodes[i] = Below(submodules, i).Copied(parts, root, depth + 1);
            }

            copy._submodules = new TreeDictionary<StructureTree>(submodules.KeySet, nodes);
        }

        return copy;
    }

    private static TreeDictionary<TreeValue>? Copied(TreeDictionary<TreeValue>? dictionary, TreeValue root, int depth)
    {
        if (dictionary is null)
        {
            return null;
        }

        var values = dictionary.ValueSpan.ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Copied(values[i], root, depth + 1);
        }

        return new TreeDictionary<TreeValue>(dictionary.KeySet, values);
    }

    private static TreeValue Copied(TreeValue value, TreeValue root, int depth)
    {
        switch (value.Value)
        {
            case StructureTree tree:
                return tree.Copied(TreeParts.All, root, depth);
            case TreeValue[] list:
                RequireEnd(root, depth);
                return CopiedItems(list, root, depth);
            case TreeDictionary<TreeValue> dictionary:
                RequireEnd(root, depth);
                return Copied(dictionary, root, depth)!;
            default:
                return value;
        }
    }

    // A method of its own, so that single tensors cost no closure.
    private static TreeValue[] CopiedItems(TreeValue[] list, TreeValue root, int depth) =>
        Array.ConvertAll(list, item => Copied(item, root, depth + 1));

    private TreeDictionary<object?>? CopyAux() => OwnAux?.Map(static (key, v) => CopyAux(key, v));

    private static object? CopyAux(string path, object? value)
    {
        try
        {
            return StaticCopier.Of(value);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"The aux value '{path}' cannot be copied. {error.Message}", error);
        }
    }

    private static void RequireEnd(TreeValue root, int depth)
    {
        if (NestingDepth.IsTooDeep(depth))
        {
            throw TreeDepth.Endless(root);
        }
    }

    private StructureTree WithParams(StructureTree parameters, string path)
    {
        var missing = parameters.OwnSubmodules?.Keys.Where(key => OwnSubmodules?.ContainsKey(key) != true).ToArray() ?? [];
        if (missing.Length > 0)
        {
            throw new ArgumentException(
                $"The params have submodules that the tree lacks: {string.Join(", ", missing.Select(key => Join(path, key)))}.",
                nameof(parameters));
        }

        return new StructureTree
        {
            _params = Copied(parameters.OwnParams, parameters, 0),
            _buffers = Copied(OwnBuffers, this, 0),
            _aux = CopyAux(),
            _applyFn = ApplyFn,
            _submodules = OwnSubmodules?.Map((key, t) =>
                parameters.OwnSubmodules?.TryGetValue(key, out var own) == true ? t.WithParams(own, Join(path, key)) : t.Copy()),
        };
    }
}
