using Brachy.CompilerServices;

namespace Brachy.Data;

/// <summary>Values taken apart into tensors and the rest.</summary>
internal static class Parts
{
    public static (TreeDef Definition, Tensor[] Leaves) Of<T>(TreeHandler<T> handler, T value)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument("value");
        handler.Flatten(value, flattener);
        var leaves = flattener.Leaves.ToArray();
        return (flattener.EndRecording(), leaves);
    }

    /// <summary>Throws unless an element has the parts of the first one.</summary>
    public static void RequireEqual(TreeDef first, TreeDef other, int index)
    {
        for (var i = 0; i < Math.Min(first.Tokens.Length, other.Tokens.Length); i++)
        {
            if (!TreeDef.TokenEquals(first.Tokens[i], other.Tokens[i]))
            {
                throw new ShapeException(
                    $"Stack: '{first.Paths?[i]}' is {first.Describe(first.Tokens[i])} for element 0 of a batch and "
                    + $"{other.Describe(other.Tokens[i])} for element {index}; pad them to one shape, or write them by Rows.");
            }
        }

        if (first.Tokens.Length != other.Tokens.Length)
        {
            throw new ShapeException($"Stack: the structures of elements 0 and {index} of a batch differ.");
        }
    }
}
