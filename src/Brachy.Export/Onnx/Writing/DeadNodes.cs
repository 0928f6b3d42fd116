namespace Brachy.IO.Onnx;

/// <summary>Leaves out nodes and tensors that no output needs, such as those of results that nobody reads.</summary>
internal static class DeadNodes
{
    /// <summary>The model without them.</summary>
    public static OnnxModel Remove(OnnxModel model)
    {
        var used = new HashSet<string>();
        Remove(model.Graph, used);
        return model with
        {
            Small = [.. model.Small.Where(tensor => used.Contains(tensor.Name))],
            Large = [.. model.Large.Where(tensor => used.Contains(tensor.Name))],
        };
    }

    private static void Remove(OnnxGraph graph, HashSet<string> used)
    {
        used.UnionWith(graph.Outputs.Select(output => output.Name));
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            var node = graph.Nodes[i];
            if (!node.Outputs.Any(used.Contains))
            {
                graph.Nodes.RemoveAt(i);
                continue;
            }

            used.UnionWith(node.Inputs);
            foreach (var body in node.Attributes.Select(attribute => attribute.Value).OfType<OnnxGraph>())
            {
                Remove(body, used);
            }
        }
    }
}
