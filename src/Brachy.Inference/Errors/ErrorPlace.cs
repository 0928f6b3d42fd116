namespace Brachy;

/// <summary>An error whose message can say in which node of a model it came up.</summary>
internal interface IPlacedError
{
    ErrorPlace Place { get; }
}

/// <summary>The path of the node in which an error came up, put together on its way out through the nodes above.</summary>
internal sealed class ErrorPlace
{
    private object? _node;
    private string _path = "";

    /// <summary>A message with the place, if there is one.</summary>
    public string In(string message) => _path.Length == 0 ? message : $"{message} (in '{_path}')";

    /// <summary>A place of its own that begins here.</summary>
    public ErrorPlace Copy() => new() { _node = _node, _path = _path };

    /// <summary>The error passes the function of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="pathBelow">
    /// The path of the place so far as seen from this node, given the node and the path seen from that; null for no part of this one.
    /// </param>
    public void Leave(object node, Func<object, string, string?> pathBelow)
    {
        // A wrapper and what it wraps are the same node; what is no part of this one, such as a model in an optimizer, keeps its path.
        if (_node is null)
        {
            _node = node;
        }
        else if (!ReferenceEquals(_node, node) && pathBelow(_node, _path) is { } path)
        {
            (_node, _path) = (node, path);
        }
    }
}
