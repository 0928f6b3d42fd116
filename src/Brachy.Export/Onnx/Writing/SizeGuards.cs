using Brachy.IO.Tracing;

namespace Brachy.IO.Onnx;

// Lets a run fail for sizes that the nodes are not for: ONNX has no assertions, but an element beyond the end of a list is an error, which
// names the node.
internal sealed partial class SizeFormulas
{
    private readonly Dictionary<string, string> _guarded = [];

    private void Guard()
    {
        var places = new List<string>();
        foreach (var unserved in _program.Unserved)
        {
            var isMet = unserved.Ranges.SelectMany(IsInside).Aggregate((a, b) => Node("And", [a, b]));
            var place = Node("Cast", [isMet], null, new OnnxAttribute("to", OnnxTypes.CodeOf(DType.Int64)));
            var name = NewName();
            _sizes.Add(new(
                "Gather", unserved.Describe(_program.Points.Names), [Number(0, DType.Int64), place], [name], [new("axis", 0L)]));
            places.Add(name);
        }

        if (places.Count == 0)
        {
            return;
        }

        // All that computes with an input needs what was found: its shape with zeros added.
        var zero = places.Aggregate((a, b) => Node("Add", [a, b]));
        foreach (var (input, dims) in _models[0].Graph.Inputs.Zip(_program.Inputs, (input, own) => (input, own.Dims)))
        {
            if (dims.All(name => name is null))
            {
                continue;
            }

            var shape = Node("Add", [Node("Shape", [input.Name]), zero]);
            _guarded.Add(input.Name, Node("Reshape", [input.Name, shape], null, new OnnxAttribute("allowzero", 1L)));
        }
    }

    private IEnumerable<string> IsInside(SizeSpan span)
    {
        if (span.From == span.To)
        {
            yield return Node("Equal", [Size(span.Name), Number(span.From, DType.Int64)]);
            yield break;
        }

        if (span.From > 0)
        {
            yield return Node("GreaterOrEqual", [Size(span.Name), Number(span.From, DType.Int64)]);
        }

        if (span.To < long.MaxValue)
        {
            yield return Node("LessOrEqual", [Size(span.Name), Number(span.To, DType.Int64)]);
        }
    }
}
