using System.Runtime.CompilerServices;
using Brachy.Trees;

namespace Brachy;

// Nodes and weights at several places.
public sealed partial class StructureTree
{
    /// <summary>
    /// What to put at a place of this tree: the node given, unless it, or one below it, stands elsewhere in this tree already. Then that
    /// is a copy, whose params are the same weights, and whose buffers are its own.
    /// </summary>
    internal StructureTree Separated(StructureTree node, string place)
    {
        var taken = new HashSet<StructureTree>(ReferenceEqualityComparer.Instance);
        foreach (var (path, own) in Nodes().Skip(1))
        {
            if (path != place && !path.StartsWith(place + ".", StringComparison.Ordinal))
            {
                taken.Add(own);
            }
        }

        return taken.Count > 0 && node.Nodes().Any(n => taken.Contains(n.Node)) ? Separate(node) : node;

        StructureTree Separate(StructureTree at)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            if (taken.Contains(at))
            {
                return at.WithOwnBuffers();
            }

            foreach (var (key, below) in at.Submodules)
            {
                at.Submodules[key] = Separate(below);
            }

            return at;
        }
    }

    /// <summary>
    /// A weight of another tree that stands in params and in buffers of this one becomes what new params have in its place.
    /// </summary>
    private StructureTree WithFollowingBuffers(StructureTree before, StructureTree parameters)
    {
        if (!before.SharesParamsWithBuffers())
        {
            return this;
        }

        var following = new Dictionary<Tensor, TreeValue>(ReferenceEqualityComparer.Instance);
        foreach (var (path, tensor) in before.GetParams().Tensors())
        {
            if (parameters.TryGet(path, out var value) && value.IsTensor)
            {
                following.TryAdd(tensor, value);
            }
        }

        MapBuffers(tensor => following.GetValueOrDefault(tensor, TreeValue.InScope(tensor)));
        return this;
    }

    private StructureTree WithOwnBuffers()
    {
        var copy = Copy();
        var own = new Dictionary<Tensor, TreeValue>(ReferenceEqualityComparer.Instance);
        foreach (var (_, tensor) in GetParams().Tensors())
        {
            own.TryAdd(tensor, TreeValue.InScope(tensor));
        }

        copy.MapBuffers(tensor =>
        {
            if (!own.TryGetValue(tensor, out var value))
            {
                value = F.clone(tensor);
                own.Add(tensor, value);
            }

            return value;
        });
        return copy;
    }

    /// <summary>Replaces the tensors of the buffers here and below, in place.</summary>
    private void MapBuffers(Func<Tensor, TreeValue> function)
    {
        foreach (var (_, node) in Nodes())
        {
            node.OwnBuffers = node.OwnBuffers?.Map((key, value) => value.Map(key, (_, tensor) => function(tensor)));
        }
    }

    private bool SharesParamsWithBuffers()
    {
        var (parameters, buffers) = (new List<(string Path, Tensor Tensor)>(), new List<(string Path, Tensor Tensor)>());
        Collect(this, 0);
        return buffers.Count > 0
            && parameters.Select(p => p.Tensor).Intersect(buffers.Select(b => b.Tensor), ReferenceEqualityComparer.Instance).Any();

        void Collect(StructureTree node, int depth)
        {
            RequireEnd(this, depth);
            Add(parameters, node.OwnParams);
            Add(buffers, node.OwnBuffers);
            for (var i = 0; i < node.OwnSubmodules?.Count; i++)
            {
                Collect(node.Below(node.OwnSubmodules, i), depth + 1);
            }
        }

        // No paths are made: this runs for each eager gradient.
        static void Add(List<(string Path, Tensor Tensor)> tensors, TreeDictionary<TreeValue>? values)
        {
            for (var i = 0; i < values?.Count; i++)
            {
                AddTensors(tensors, "", values.ValueSpan[i]);
            }
        }
    }
}
