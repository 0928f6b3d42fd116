namespace Brachy;

/// <content>Functions around nodes.</content>
public sealed partial class StructureTree
{
    /// <summary>A copy in which nodes run through a wrapper, such as a <see cref="Hook"/> or <see cref="CaptureOutput"/>.</summary>
    /// <param name="nodes">The paths of the nodes, such as <c>"blocks.*"</c>; nodes without an apply function are passed over.</param>
    /// <param name="wrapper">What runs in place of each node's function, and may call it.</param>
    /// <param name="label">What is added to the name of each function, in brackets, for messages.</param>
    /// <exception cref="ArgumentException">No node with an apply function matches.</exception>
    public StructureTree Wrap(PathFilter nodes, IApplyWrapper wrapper, string label = "hook")
    {
        ArgumentNullException.ThrowIfNull(wrapper);
        ArgumentException.ThrowIfNullOrEmpty(label);
        return WithFunctions(nodes, function => function.Wrap(label, wrapper));
    }

    /// <summary>A copy in which nodes run without some of the wrappers around them.</summary>
    /// <param name="nodes">The paths of the nodes, such as <c>"**"</c>.</param>
    /// <param name="which">Picks the wrappers, also those under others; all when it is null.</param>
    /// <exception cref="ArgumentException">No node with an apply function matches.</exception>
    public StructureTree Unwrap(PathFilter nodes, Func<IApplyWrapper, bool>? which = null) =>
        WithFunctions(nodes, function => function.Unwrap(which ?? (_ => true)));

    private StructureTree WithFunctions(PathFilter nodes, Func<ApplyFn, ApplyFn> change)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var result = Copy();
        var paths = new List<string>();
        var found = false;
        Visit(result, "");
        return found ? result : throw new ArgumentException($"{nodes} matches no node with an apply function; there are {string.Join(", ", paths.Select(p => $"'{p}'"))}.", nameof(nodes));

        void Visit(StructureTree node, string path)
        {
            if (node.ApplyFn is { } function)
            {
                paths.Add(path);
                if (nodes.MatchesPath(path))
                {
                    node.ApplyFn = change(function);
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
