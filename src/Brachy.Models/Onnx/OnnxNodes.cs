using Brachy.IO;

namespace Brachy.Models;

/// <summary>Reads the nodes of an ONNX file's graph, in the order in which they compute. Graphs inside nodes are passed over.</summary>
internal static class OnnxNodes
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged or no ONNX model.</exception>
    public static IReadOnlyList<OnnxNode> Read(string path)
    {
        using var file = CheckpointFile.Open(path);
        var reader = new WireReader(file);
        var nodes = new List<OnnxNode>();
        try
        {
            for (var graph = new WireMessage(reader, OnnxModel.FindGraph(reader)); graph.Next();)
            {
                if (graph.Field == 1 && Node(reader, graph.Bytes) is { } node)
                {
                    nodes.Add(node);
                }
            }
        }
        catch (WireException error)
        {
            throw file.Damaged($"the graph {error.Message}");
        }

        return nodes;
    }

    /// <summary>A node, or null for one of a domain of its own, or without results.</summary>
    private static OnnxNode? Node(WireReader reader, WireRange range)
    {
        var (type, domain, output) = ("", "", "");
        var inputs = new List<string>();
        var integers = new Dictionary<string, long>(StringComparer.Ordinal);
        var reals = new Dictionary<string, float>(StringComparer.Ordinal);
        for (var node = new WireMessage(reader, range); node.Next();)
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(node.Text);
                    break;
                case 2 when output.Length == 0:
                    output = node.Text;
                    break;
                case 4:
                    type = node.Text;
                    break;
                case 5:
                    ReadAttribute(reader, node.Bytes, integers, reals);
                    break;
                case 7:
                    domain = node.Text;
                    break;
            }
        }

        return domain is "" or "ai.onnx" && output.Length > 0 ? new(type, inputs, output, integers, reals) : null;
    }

    private static void ReadAttribute(
        WireReader reader, WireRange range, Dictionary<string, long> integers, Dictionary<string, float> reals)
    {
        var name = "";
        long? integer = null;
        float? real = null;
        for (var attribute = new WireMessage(reader, range); attribute.Next();)
        {
            switch (attribute.Field)
            {
                case 1:
                    name = attribute.Text;
                    break;
                case 2 when attribute.Kind == WireKind.Fixed32:
                    real = BitConverter.UInt32BitsToSingle((uint)attribute.Bits);
                    break;
                case 3 when attribute.Kind == WireKind.Varint:
                    integer = (long)attribute.Number;
                    break;
            }
        }

        if (integer is { } whole)
        {
            integers[name] = whole;
        }

        if (real is { } number)
        {
            reals[name] = number;
        }
    }
}
