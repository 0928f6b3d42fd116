namespace Brachy.Trees;

/// <summary>Notes where in a tree an error came up.</summary>
internal static class ErrorPlaces
{
    /// <summary>An error passes the function of a node. Gives false, so that as the filter of a catch it lets the error go on.</summary>
    public static bool Note(Exception error, StructureTree node)
    {
        (error as IPlacedError)?.Place.Leave(node, (below, path) =>
            node.Nodes().FirstOrDefault(n => ReferenceEquals(n.Node, below)) is { Node: not null } found
                ? path.Length == 0 ? found.Path : TreePath.Join(found.Path, path)
                : null);
        return false;
    }
}
