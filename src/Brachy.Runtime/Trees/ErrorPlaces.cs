namespace Brachy.Trees;

/// <summary>Notes where in a tree an error came up.</summary>
internal static class ErrorPlaces
{
    /// <summary>An error passes the function of a node. Gives false, so that as the filter of a catch it lets the error go on.</summary>
    public static bool Note(Exception error, StructureTree node)
    {
        if (error is IPlacedError placed)
        {
            Note(placed.Place, node);
        }

        return false;
    }

    /// <summary>What has a place passes the function of a node.</summary>
    public static void Note(ErrorPlace place, StructureTree node) => place.Leave(node, (below, path) =>
        node.Nodes().FirstOrDefault(n => ReferenceEquals(n.Node, below)) is { Node: not null } found
            ? path.Length == 0 ? found.Path : TreePath.Join(found.Path, path)
            : null);
}
