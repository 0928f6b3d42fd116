namespace Brachy.Extending;

/// <summary>Abstract rules and shape arithmetic that several primitives share. Every failure names the op and the shapes.</summary>
public static class Shapes
{
    /// <summary>Same shape and element type as the only input.</summary>
    public static AbstractRule<AbstractArgs> Unary { get; } = x => x[0].IsNumber ? new TensorType(Shape.Scalar, x[0].DType) : x[0];

    /// <summary>Same shape as the only input; integers become float32.</summary>
    public static AbstractRule<AbstractArgs> FloatUnary { get; } = x =>
        new TensorType(x[0].Shape, Promotion.ToFloat(x[0].DType), x[0].Device);

    /// <summary>Broadcast shape and promoted element type of two inputs.</summary>
    public static AbstractRule<AbstractArgs> Binary { get; } = x => new TensorType(Broadcast(x), Promotion.ResultType(x.Types), x.Device);

    /// <summary>Broadcast shape and promoted floating-point type of two inputs.</summary>
    public static AbstractRule<AbstractArgs> FloatBinary { get; } =
        x => new TensorType(Broadcast(x), Promotion.ToFloat(Promotion.ResultType(x.Types)), x.Device);

    /// <summary>Broadcast shape of two inputs; truth values.</summary>
    public static AbstractRule<AbstractArgs> Comparison { get; } = x => new TensorType(Broadcast(x), DType.Bool, x.Device);

    /// <summary>The shape that all inputs broadcast to.</summary>
    /// <exception cref="ShapeException">Two sizes differ and neither is 1.</exception>
    public static Shape Broadcast(AbstractArgs x)
    {
        var shape = x[0].Shape;
        for (var i = 1; i < x.Count; i++)
        {
            shape = Broadcast(x.Primitive.Name, shape, x[i].Shape);
        }

        return shape;
    }

    /// <summary>The shape that two shapes broadcast to.</summary>
    /// <exception cref="ShapeException">Two sizes differ and neither is 1.</exception>
    public static Shape Broadcast(string op, Shape left, Shape right) => Dims.Broadcast(op, left, right);

    /// <summary>A dim counted from 0; negative dims count from the end.</summary>
    /// <exception cref="ShapeException">There is no such dimension.</exception>
    public static int NormalizeDim(string op, long dim, int rank) => Dims.Normalize(op, dim, rank);

    /// <summary>Dims counted from 0, without repeats; an empty list means all.</summary>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static long[] NormalizeDims(string op, ReadOnlySpan<long> dims, int rank) => Dims.Normalize(op, dims, rank);

    /// <summary>The shape after reducing some dims.</summary>
    public static Shape Reduce(Shape shape, long[] dims, bool keepdim) => Dims.Reduce(shape, dims, keepdim);

    /// <summary>Throws unless an input has an integer element type.</summary>
    /// <exception cref="DTypeException">It has another.</exception>
    public static void RequireInteger(AbstractArgs x, int index, string argument)
    {
        if (!x[index].DType.IsInteger())
        {
            throw new DTypeException($"{x.Primitive.Name}: {argument} must have an integer type, but is {x[index]}.");
        }
    }

    /// <summary>Throws unless an input has a floating-point element type.</summary>
    /// <exception cref="DTypeException">It has another.</exception>
    public static void RequireFloat(AbstractArgs x, int index, string argument)
    {
        if (!x[index].DType.IsFloatingPoint())
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: {argument} must have a floating-point type, but is {x[index]}; cast it with x.to(DType.Float32).");
        }
    }

    /// <summary>Throws unless all the given inputs have one element type.</summary>
    /// <exception cref="DTypeException">They differ.</exception>
    public static void RequireSameDType(AbstractArgs x, params ReadOnlySpan<int> indices)
    {
        foreach (var index in indices)
        {
            if (x[index].DType != x[indices[0]].DType)
            {
                throw new DTypeException($"{x.Primitive.Name}: inputs have element types {x[indices[0]].DType.Name()} ({x[indices[0]]}) "
                    + $"and {x[index].DType.Name()} ({x[index]}); cast one with x.to(dtype).");
            }
        }
    }

    /// <summary>Throws unless an input has the given number of dims.</summary>
    /// <exception cref="ShapeException">It has another.</exception>
    public static void RequireRank(AbstractArgs x, int index, string argument, int rank)
    {
        if (x[index].Rank != rank)
        {
            throw new ShapeException($"{x.Primitive.Name}: {argument} must have {rank} dims, but is {x[index]}.");
        }
    }

    internal static Shape WithSize(Shape shape, int dim, long size)
    {
        var sizes = shape.ToArray();
        sizes[dim] = size;
        return Shape.Own(sizes);
    }
}
