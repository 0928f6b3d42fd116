using System.Text;
using Brachy.CompilerServices;

namespace Brachy.Trees;

/// <summary>Writes a tree as indented text.</summary>
internal sealed class TreePrinter
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<Tensor, string> _firstPlaces = new(ReferenceEqualityComparer.Instance);

    public static string Print(StructureTree tree)
    {
        var printer = new TreePrinter();
        printer.Node("", "", tree, "");
        return printer._text.ToString();
    }

    /// <summary>Writes a node, which is the rest of a line and the lines below.</summary>
    private void Node(string indent, string label, StructureTree node, string path)
    {
        var tensors = node.DistinctTensors().Select(t => t.Tensor.Type).ToArray();
        var size =
            tensors.Length == 0 ? "" : $" ({SizeText.Elements(tensors.Sum(t => t.Shape.NumElements), tensors.Sum(t => t.ByteSize))})";
        _text.Append(indent).Append(label).Append(Function(node.ApplyFn)).Append(size).Append('\n');
        indent += "  ";
        foreach (var (key, value) in node.Aux)
        {
            _text.Append(indent).Append(key).Append(" = ").Append(StaticText.Of(value)).Append('\n');
        }

        foreach (var (key, value) in node.Params)
        {
            Value(indent, $"{key}: param ", value, TreePath.Join(path, key));
        }

        foreach (var (key, value) in node.Buffers)
        {
            Value(indent, $"{key}: buffer ", value, TreePath.Join(path, key));
        }

        foreach (var (key, below) in node.Submodules)
        {
            Node(indent, $"{key}: ", below, TreePath.Join(path, key));
        }
    }

    private void Value(string indent, string label, TreeValue value, string path)
    {
        switch (value.Value)
        {
            case StructureTree tree:
                Node(indent, $"{label}tree ", tree, path);
                return;
            case Tensor tensor:
                var size = _firstPlaces.TryAdd(tensor, path)
                    ? $" ({SizeText.Elements(tensor.numel(), tensor.Type.ByteSize)})"
                    : $" = {_firstPlaces[tensor]}";
                _text.Append(indent).Append(label).Append(tensor.Type).Append(size).Append('\n');
                return;
            case TreeValue[] list:
                Line($"list of {list.Length}");
                break;
            case TreeDictionary<TreeValue> dictionary:
                Line($"dictionary of {dictionary.Count}");
                break;
            default:
                Line("None");
                break;
        }

        foreach (var key in TreePath.Keys(value))
        {
            _ = TreePath.TryStep(value, key, out var item);
            Value(indent + "  ", $"{key}: ", item, TreePath.Join(path, key));
        }

        void Line(string text) => _text.Append(indent).Append(label).Append(text).Append('\n');
    }

    private static string Function(ApplyFn? function) => function switch
    {
        null => "(no apply)",
        { Wrapped: { } inner } => $"{function.Name} = {function.Wrapper} around {Function(inner)}",
        _ => function.Name,
    };
}
