using Brachy.Extending;
using static Brachy.FirstExtrema;

namespace Brachy;

// Largest and smallest elements, and where they are.
public static partial class F
{
    /// <summary>
    /// Largest element over dims; elements that tie share the gradient evenly, as do those that are NaN, which wins. Dtype: as x.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">A dim does not exist, is named twice or has size 0.</exception>
    public static Tensor amax(Tensor x, long[]? dims = null, bool keepdim = false) =>
        Amax.Bind(ReductionRules.Reducing("amax", x, dims, keepdim), x);

    /// <inheritdoc cref="amax(Tensor, long[], bool)"/>
    public static Tensor amax(Tensor x, long dim, bool keepdim = false) => amax(x, [dim], keepdim);

    internal static readonly Primitive<ReductionSettings> Amax = new("amax")
    {
        Abstract = x => new TensorType(ReductionRules.NonEmptyReducedShape(x), x[0].DType, x[0].Device),
        Eager = x => x[0].amax(x.Settings.Dims.Sizes, x.Settings.KeepDim),
        Script = x => $"torch.amax({x[0]}, {ReductionRules.DimsAndFlag(x)})",
        Batching = BatchedReductions.Reduction<ReductionSettings>(),
        Vjp = Vjp.Rule<ReductionSettings>((g, y, x) => [SelectionGradients.ExtremumGradient(g, y, x)]),
    };

    /// <summary>
    /// Smallest element over dims; elements that tie share the gradient evenly, as do those that are NaN, which wins. Dtype: as x.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">A dim does not exist, is named twice or has size 0.</exception>
    public static Tensor amin(Tensor x, long[]? dims = null, bool keepdim = false) =>
        Amin.Bind(ReductionRules.Reducing("amin", x, dims, keepdim), x);

    /// <inheritdoc cref="amin(Tensor, long[], bool)"/>
    public static Tensor amin(Tensor x, long dim, bool keepdim = false) => amin(x, [dim], keepdim);

    internal static readonly Primitive<ReductionSettings> Amin = new("amin")
    {
        Abstract = x => new TensorType(ReductionRules.NonEmptyReducedShape(x), x[0].DType, x[0].Device),
        Eager = x => x[0].amin(x.Settings.Dims.Sizes, x.Settings.KeepDim),
        Script = x => $"torch.amin({x[0]}, {ReductionRules.DimsAndFlag(x)})",
        Batching = BatchedReductions.Reduction<ReductionSettings>(),
        Vjp = Vjp.Rule<ReductionSettings>((g, y, x) => [SelectionGradients.ExtremumGradient(g, y, x)]),
    };

    /// <summary>Largest element of all; ties share the gradient evenly. Shape: []; dtype: as x.</summary>
    /// <exception cref="ShapeException">x is empty.</exception>
    public static Tensor max(Tensor x) => amax(x);

    /// <summary>Largest element over one dim and its index; the gradient goes to that element alone.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <returns>The elements, with the dtype of x, and their int64 indices along the dim.</returns>
    /// <exception cref="ShapeException">The dim does not exist or has size 0.</exception>
    public static (Tensor values, Tensor indices) max(Tensor x, long dim, bool keepdim = false)
    {
        var results = MaxDim.BindAll(ReductionRules.Reducing("max", x, [dim], keepdim), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<ReductionSettings> MaxDim = new("max")
    {
        Abstract = x =>
        {
            var shape = ReductionRules.NonEmptyReducedShape(x);
            return [new TensorType(shape, x[0].DType, x[0].Device), new TensorType(shape, DType.Int64, x[0].Device)];
        },
        Eager = x =>
        {
            var (values, indices) = x[0].max(x.Settings.Dims[0], x.Settings.KeepDim);
            return [values, indices];
        },
        Script = x => $"torch.max({x[0]}, {x.Settings.Dims[0]}, {Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Selection<ReductionSettings>(),
        Vjp = Vjp.Multi<ReductionSettings>(
            (gradients, results, x) => [gradients[0] is { } g ? SelectionGradients.SelectedGradient(g, results[1], x) : null]),
    };

    /// <summary>Smallest element of all; ties share the gradient evenly. Shape: []; dtype: as x.</summary>
    /// <exception cref="ShapeException">x is empty.</exception>
    public static Tensor min(Tensor x) => amin(x);

    /// <summary>Smallest element over one dim and its index; the gradient goes to that element alone.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <returns>The elements, with the dtype of x, and their int64 indices along the dim.</returns>
    /// <exception cref="ShapeException">The dim does not exist or has size 0.</exception>
    public static (Tensor values, Tensor indices) min(Tensor x, long dim, bool keepdim = false)
    {
        var results = MinDim.BindAll(ReductionRules.Reducing("min", x, [dim], keepdim), x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive<ReductionSettings> MinDim = new("min")
    {
        Abstract = x =>
        {
            var shape = ReductionRules.NonEmptyReducedShape(x);
            return [new TensorType(shape, x[0].DType, x[0].Device), new TensorType(shape, DType.Int64, x[0].Device)];
        },
        Eager = x =>
        {
            var (values, indices) = x[0].min(x.Settings.Dims[0], x.Settings.KeepDim);
            return [values, indices];
        },
        Script = x => $"torch.min({x[0]}, {x.Settings.Dims[0]}, {Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Selection<ReductionSettings>(),
        Vjp = Vjp.Multi<ReductionSettings>(
            (gradients, results, x) => [gradients[0] is { } g ? SelectionGradients.SelectedGradient(g, results[1], x) : null]),
    };

    /// <summary>Index of the largest of all elements in row-major order. Shape: []; dtype int64.</summary>
    /// <exception cref="ShapeException">x is empty.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor argmax(Tensor x) => argmax(ReductionRules.InOneDim(x), 0);

    /// <summary>Index of the largest element over one dim. Dtype int64.</summary>
    /// <param name="x">Any tensor that is not bool.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <exception cref="ShapeException">The dim does not exist or has size 0.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor argmax(Tensor x, long dim, bool keepdim = false) =>
        Argmax.Bind(ReductionRules.Reducing("argmax", x, [dim], keepdim), x);

    internal static readonly Primitive<ReductionSettings> Argmax = new("argmax")
    {
        Abstract = x => x[0].DType == DType.Bool
            ? throw new DTypeException($"argmax: x must hold numbers, but is {x[0]}; cast it with x.to(DType.UInt8).")
            : new TensorType(ReductionRules.NonEmptyReducedShape(x), DType.Int64, x[0].Device),
        Eager = x => x[0].argmax(x.Settings.Dims[0], x.Settings.KeepDim),
        Script = x => FirstExtremum(x, "max"),
        Batching = BatchedReductions.Reduction<ReductionSettings>(),
        Vjp = Vjp.Zero("indices have no gradient"),
    };

    /// <summary>Index of the smallest of all elements in row-major order. Shape: []; dtype int64.</summary>
    /// <exception cref="ShapeException">x is empty.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor argmin(Tensor x) => argmin(ReductionRules.InOneDim(x), 0);

    /// <summary>Index of the smallest element over one dim. Dtype int64.</summary>
    /// <param name="x">Any tensor that is not bool.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <exception cref="ShapeException">The dim does not exist or has size 0.</exception>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor argmin(Tensor x, long dim, bool keepdim = false) =>
        Argmin.Bind(ReductionRules.Reducing("argmin", x, [dim], keepdim), x);

    internal static readonly Primitive<ReductionSettings> Argmin = new("argmin")
    {
        Abstract = x => x[0].DType == DType.Bool
            ? throw new DTypeException($"argmin: x must hold numbers, but is {x[0]}; cast it with x.to(DType.UInt8).")
            : new TensorType(ReductionRules.NonEmptyReducedShape(x), DType.Int64, x[0].Device),
        Eager = x => x[0].argmin(x.Settings.Dims[0], x.Settings.KeepDim),
        Script = x => FirstExtremum(x, "min"),
        Batching = BatchedReductions.Reduction<ReductionSettings>(),
        Vjp = Vjp.Zero("indices have no gradient"),
    };
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.amax(Tensor, long[], bool)"/>
    public Tensor amax(long[]? dims = null, bool keepdim = false) => F.amax(this, dims, keepdim);

    /// <inheritdoc cref="F.amax(Tensor, long, bool)"/>
    public Tensor amax(long dim, bool keepdim = false) => F.amax(this, dim, keepdim);

    /// <inheritdoc cref="F.amin(Tensor, long[], bool)"/>
    public Tensor amin(long[]? dims = null, bool keepdim = false) => F.amin(this, dims, keepdim);

    /// <inheritdoc cref="F.amin(Tensor, long, bool)"/>
    public Tensor amin(long dim, bool keepdim = false) => F.amin(this, dim, keepdim);

    /// <inheritdoc cref="F.max(Tensor)"/>
    public Tensor max() => F.max(this);

    /// <inheritdoc cref="F.max(Tensor, long, bool)"/>
    public (Tensor values, Tensor indices) max(long dim, bool keepdim = false) => F.max(this, dim, keepdim);

    /// <inheritdoc cref="F.min(Tensor)"/>
    public Tensor min() => F.min(this);

    /// <inheritdoc cref="F.min(Tensor, long, bool)"/>
    public (Tensor values, Tensor indices) min(long dim, bool keepdim = false) => F.min(this, dim, keepdim);

    /// <inheritdoc cref="F.argmax(Tensor)"/>
    public Tensor argmax() => F.argmax(this);

    /// <inheritdoc cref="F.argmax(Tensor, long, bool)"/>
    public Tensor argmax(long dim, bool keepdim = false) => F.argmax(this, dim, keepdim);

    /// <inheritdoc cref="F.argmin(Tensor)"/>
    public Tensor argmin() => F.argmin(this);

    /// <inheritdoc cref="F.argmin(Tensor, long, bool)"/>
    public Tensor argmin(long dim, bool keepdim = false) => F.argmin(this, dim, keepdim);
}

/// <summary>The first of equal extrema.</summary>
file static class FirstExtrema
{
    /// <summary>
    /// Of many rows libtorch finds extrema and where they are in half the time that it needs for the places alone; both
    /// take the first of equals.
    /// </summary>
    public static string FirstExtremum(ScriptArgs<ReductionSettings> x, string which)
    {
        var dim = x.Settings.Dims[0];
        var arguments = $"({x[0]}, {dim}, {Script.Flag(x.Settings.KeepDim)})";
        var isManyRows = x.Types[0].Device == Device.CPU && ReductionRules.ReducedCount(x) * FewestRows <= x.Types[0].Shape.NumElements;
        return isManyRows ? $"torch.{which}{arguments}[1]" : $"torch.arg{which}{arguments}";
    }

    private const int FewestRows = 16;
}
