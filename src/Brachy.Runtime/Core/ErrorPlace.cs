namespace Brachy;

/// <summary>An error whose message can say in which node of a model it came up.</summary>
internal interface IPlacedError
{
    ErrorPlace Place { get; }
}

/// <summary>The path of the node in which an error came up, put together on its way out through the nodes above.</summary>
internal sealed class ErrorPlace
{
    private StructureTree? _node;
    private string _path = "";

    /// <summary>An error passes the function of a node. Gives false, so that as the filter of a catch it lets the error go on.</summary>
    public static bool Note(Exception error, StructureTree node)
    {
        (error as IPlacedError)?.Place.Leave(node);
        return false;
    }

    /// <summary>A message with the place, if there is one.</summary>
    public string In(string message) => _path.Length == 0 ? message : $"{message} (in '{_path}')";

    private void Leave(StructureTree node)
    {
        // A wrapper and what it wraps are the same node; what is no part of this one, such as a model in an optimizer, keeps its path.
        if (_node is null)
        {
            _node = node;
        }
        else if (!ReferenceEquals(_node, node) && node.Nodes().FirstOrDefault(n => ReferenceEquals(n.Node, _node)) is { Node: not null } found)
        {
            (_node, _path) = (node, _path.Length == 0 ? found.Path : TreePath.Join(found.Path, _path));
        }
    }
}
