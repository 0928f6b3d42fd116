using Brachy.CompilerServices;

namespace Brachy;

/// <summary>A value that goes into or comes out of a loop or a choice, taken apart.</summary>
internal sealed class ControlValue<T>
{
    private readonly TreeHandler<T> _handler;
    private readonly TreeDef _definition;

    private ControlValue(TreeHandler<T> handler, TreeDef definition, Tensor[] leaves) =>
        (_handler, _definition, Leaves) = (handler, definition, leaves);

    public Tensor[] Leaves { get; }

    /// <summary>Takes a value apart.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">Its name, for messages.</param>
    public static ControlValue<T> Of(T value, string name)
    {
        var handler = TreeHandler.For<T>();
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument(name);
        handler.Flatten(value, flattener);
        return new(handler, flattener.EndRecording().WithOwnStatics(), flattener.Leaves.ToArray());
    }

    /// <summary>Types and names of the tensors.</summary>
    public IEnumerable<(TensorType Type, string Path)> Inputs() => Leaves.Select((leaf, i) => (leaf.Type, _definition.LeafPaths![i]));

    /// <summary>The name of a tensor.</summary>
    public string PathOf(int leaf) => _definition.LeafPaths![leaf];

    /// <summary>A value of this structure with other tensors.</summary>
    public T With(Tensor[] leaves) => _handler.Unflatten(new TreeUnflattener(_definition, leaves, forCaller: false));

    /// <summary>The first difference to another value but for the values of tensors; null for none.</summary>
    public ControlDifference? FindDifference(ControlValue<T> other)
    {
        var (mine, others) = (_definition.Tokens, other._definition.Tokens);
        for (var i = 0; i < Math.Min(mine.Length, others.Length); i++)
        {
            if (!TreeDef.TokenEquals(mine[i], others[i]))
            {
                return new(
                    _definition.Paths![i], _definition.Describe(mine[i]), other._definition.Describe(others[i]),
                    mine[i].Value as TensorType, others[i].Value as TensorType)
                {
                    HaveDifferentSizes = mine.Length != others.Length,
                };
            }
        }

        return mine.Length == others.Length ? null
            : new(_definition.Paths is [var first, ..] ? first : "the value", $"{mine.Length} parts", $"{others.Length} parts", null, null)
            {
                HaveDifferentSizes = true,
            };
    }
}

/// <summary>How two values differ that should not.</summary>
/// <param name="Path">The first member that differs.</param>
/// <param name="Expected">What it is in the first.</param>
/// <param name="Found">What it is in the second.</param>
/// <param name="ExpectedType">Its type, if it is a tensor in the first.</param>
/// <param name="FoundType">Its type, if it is a tensor in the second.</param>
internal sealed record ControlDifference(string Path, string Expected, string Found, TensorType? ExpectedType, TensorType? FoundType)
{
    /// <summary>Whether one has more tensors or static parts than the other, as a list does that grows.</summary>
    public bool HaveDifferentSizes { get; init; }

    /// <summary>What to do so that both are of the first's type.</summary>
    public string Advice() => (ExpectedType, FoundType) switch
    {
        (null, null) when HaveDifferentSizes =>
            "A list must keep its number of elements; what grows is what Control.Scan stacks, or a part of a tensor of fixed size.",
        (null, null) => "Static parts must stay as they are; make what changes a tensor.",
        (null, _) or (_, null) => "Give a value of the same structure.",
        var (expected, found) when expected.Shape == found.Shape && expected.Device == found.Device =>
            $"Convert it with .to(DType.{expected.DType}).",
        var (expected, found) when expected.Shape == found.Shape => $"Move it with .to(\"{expected.Device}\").",
        _ => "Shapes must stay as they are; F.reshape, F.expand or padding make them equal.",
    };
}
