using Brachy.Modules;
using Brachy.Trees;

namespace Brachy;

/// <content>Functions around nodes.</content>
public sealed partial class StructureTree
{
    /// <summary>A copy in which nodes run through a wrapper, such as a <see cref="Hook"/> or <see cref="CaptureOutput"/>.</summary>
    /// <param name="nodes">
    /// The paths of the nodes, such as <c>"blocks.*"</c>; nodes without an apply function are passed over, and those that the wrapper does
    /// not fit (see <see cref="IApplyWrapper.Fits"/>), such as a hook on tensors a node that gives a tuple.
    /// </param>
    /// <param name="wrapper">What runs in place of each node's function, and may call it.</param>
    /// <param name="label">What is added to the name of each function, in brackets, for messages.</param>
    /// <exception cref="ArgumentException">No node with an apply function matches, or the wrapper fits none of them.</exception>
    public StructureTree Wrap(PathFilter nodes, IApplyWrapper wrapper, string label = "hook")
    {
        ArgumentNullException.ThrowIfNull(wrapper);
        ArgumentException.ThrowIfNullOrEmpty(label);
        var passedOver = new List<ApplyFn>();
        var wrapped = 0;
        var result = WithFunctions(nodes, (function, node) =>
        {
            if (!wrapper.Fits(function, node))
            {
                passedOver.Add(function);
                return function;
            }

            wrapped++;
            return function.Wrap(label, wrapper);
        });
        return wrapped > 0 ? result : throw new ArgumentException(
            $"The wrapper {wrapper} fits no node that {nodes} matches: "
            + $"{string.Join(", ", passedOver.Select(f => $"{f.Name} is {f.Signature}").Distinct())}.", nameof(wrapper));
    }

    /// <summary>A copy in which nodes run without some of the wrappers around them.</summary>
    /// <param name="nodes">The paths of the nodes, such as <c>"**"</c>.</param>
    /// <param name="which">Picks the wrappers, also those under others; all when it is null.</param>
    /// <exception cref="ArgumentException">No node with an apply function matches.</exception>
    public StructureTree Unwrap(PathFilter nodes, Func<IApplyWrapper, bool>? which = null) =>
        WithFunctions(nodes, (function, _) => function.Unwrap(which ?? (_ => true)));

    private StructureTree WithFunctions(PathFilter nodes, Func<ApplyFn, StructureTree, ApplyFn> change)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var result = Copy();
        var paths = new List<string>();
        var found = false;
        Visit(result, "");
        return found ? result : throw new ArgumentException(
            $"{nodes} matches no node with an apply function; there are {string.Join(", ", paths.Select(p => $"'{p}'"))}.", nameof(nodes));

        void Visit(StructureTree node, string path)
        {
            if (node.ApplyFn is { } function)
            {
                paths.Add(path);
                if (nodes.MatchesPath(path))
                {
                    node.ApplyFn = change(function, node);
                    found = true;
                }
            }

            foreach (var (key, below) in node.Submodules)
            {
                Visit(below, Join(path, key));
            }
        }
    }
}
