using Brachy.Extending;

namespace Brachy;

// How samplers read their parameters.
public static partial class Rng
{
    /// <summary>The element type in which a transform is computed: half precision is too coarse for tails.</summary>
    private static DType Computing(string op, DType dtype) => !dtype.IsFloatingPoint()
        ? throw new DTypeException($"{op}: the element type must be floating-point, but is {dtype.Name()}.")
        : dtype == DType.Float64 ? DType.Float64 : DType.Float32;

    /// <summary>The shape asked for, or that of all parameters together.</summary>
    private static Shape ShapeOf(string op, Shape? shape, params ReadOnlySpan<Tensor> parameters)
    {
        var broadcast = Shape.Scalar;
        foreach (var parameter in parameters)
        {
            ArgumentNullException.ThrowIfNull(parameter);
            broadcast = Shapes.Broadcast(op, broadcast, parameter.shape);
        }

        if (shape is not { } wanted)
        {
            return broadcast;
        }

        RequireSizes(op, wanted);
        return Shapes.Broadcast(op, broadcast, wanted) == wanted
            ? wanted
            : throw new ShapeException($"{op}: parameters of shape {broadcast} do not broadcast to samples of shape {wanted}.");
    }

    private static void RequireSizes(string op, Shape shape)
    {
        if (shape.Any(size => size < 0))
        {
            throw new ShapeException($"{op}: shape {shape} has a negative size.");
        }
    }

    /// <summary>A parameter in an element type; a plain number stays one.</summary>
    private static Tensor In(DType dtype, Tensor parameter) => parameter.Number is null ? parameter.to(dtype) : parameter;

    /// <summary>A parameter for each sample, in an element type.</summary>
    private static Tensor Spread(Tensor parameter, Shape shape, DType dtype) =>
        parameter.Number is { } number ? F.full(shape, number, dtype) : F.expand(parameter.to(dtype), shape);

    /// <summary>Evenly spread numbers between 0 and 1, without either, so that logarithms are finite.</summary>
    private static Tensor OpenUniform(Shape shape, DType dtype, RngKey? key) =>
        F.clamp(Uniform(shape, dtype, key), min: dtype == DType.Float64 ? 1.0 / (1L << 54) : 1.0 / (1 << 25));

    private static Tensor Use(RngKey? key) => (key ?? NextKey()).Tensor;
}
