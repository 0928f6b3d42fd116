using Brachy.Extending;

namespace Brachy;

/// <summary>What losses ask of their operands.</summary>
internal static class LossOperands
{
    /// <summary>The shape that operands of a loss broadcast to.</summary>
    public static Shape RequireBroadcast(string op, params ReadOnlySpan<(Tensor Tensor, string Name)> operands)
    {
        var shape = Shape.Scalar;
        foreach (var (tensor, name) in operands)
        {
            ArgumentNullException.ThrowIfNull(tensor, name);
            shape = Shapes.Broadcast(op, shape, tensor.shape);
        }

        return shape;
    }

    /// <summary>Throws unless operands of a loss have one number of dims.</summary>
    public static void RequireSameRank(string op, params ReadOnlySpan<(Tensor Tensor, string Name)> operands)
    {
        foreach (var (tensor, name) in operands)
        {
            if (tensor.ndim != operands[0].Tensor.ndim)
            {
                throw new ShapeException($"{op}: {operands[0].Name} {operands[0].Tensor.Type} and {name} {tensor.Type} must have as many "
                    + "dims; reshape or unsqueeze one.");
            }
        }
    }

    public static void RequireSameShape(string op, Tensor x, Tensor target, string first = "x", string second = "target")
    {
        ArgumentNullException.ThrowIfNull(x, first);
        ArgumentNullException.ThrowIfNull(target, second);
        if (x.shape != target.shape)
        {
            throw new ShapeException($"{op}: {first} {x.Type} and {second} {target.Type} differ in shape; reshape or expand one.");
        }
    }

    public static Tensor Weighted(string op, Tensor losses, Tensor? weight, string name)
    {
        if (weight is null)
        {
            return losses;
        }

        RequireFits(op, losses, weight, name);
        return losses * weight;
    }

    public static void RequireFits(string op, Tensor losses, Tensor weight, string name)
    {
        if (Shapes.Broadcast(op, losses.shape, weight.shape) != losses.shape)
        {
            throw new ShapeException($"{op}: {name} {weight.Type} must broadcast to {losses.shape}, the shape of the losses.");
        }
    }
}
