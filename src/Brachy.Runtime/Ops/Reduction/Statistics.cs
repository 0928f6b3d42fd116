using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.SpreadRules;

namespace Brachy;

// Spread, running sums and tests over dims.
public static partial class F
{
    /// <summary>Variance over dims. Dtype: as x. Too few elements give NaN.</summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <param name="correction">
    /// What is taken off the number of elements that the squares are divided by: 1 for a sample, 0 for everything.
    /// </param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static Tensor var(Tensor x, long[]? dims = null, long correction = 1, bool keepdim = false) =>
        Var.Bind(new SpreadSettings(ReductionRules.ReducedDims("var", x, dims), keepdim, correction), x);

    /// <inheritdoc cref="var(Tensor, long[], long, bool)"/>
    public static Tensor var(Tensor x, long dim, long correction = 1, bool keepdim = false) => var(x, [dim], correction, keepdim);

    internal static readonly Primitive<SpreadSettings> Var = new("var")
    {
        Abstract = RealReduction,
        Eager = x => SpreadKernel(x, x[0], static (t, dims, unbiased, keepdim) => t.var(dims, unbiased, keepdim), isSquare: true),
        Script = x => $"torch.var({x[0]}, {Script.Ints(x.Settings.Dims)}, correction={x.Settings.Correction}, "
            + $"keepdim={Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Reduction<SpreadSettings>(),
        Vjp = Vjp.Rule<SpreadSettings>((g, y, x) => [VarianceGradient(g, x)]),
    };

    /// <summary>Standard deviation over dims; its gradient where it is 0 is 0. Dtype: as x. Too few elements give NaN.</summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <param name="correction">
    /// What is taken off the number of elements that the squares are divided by: 1 for a sample, 0 for everything.
    /// </param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static Tensor std(Tensor x, long[]? dims = null, long correction = 1, bool keepdim = false) =>
        Std.Bind(new SpreadSettings(ReductionRules.ReducedDims("std", x, dims), keepdim, correction), x);

    /// <inheritdoc cref="std(Tensor, long[], long, bool)"/>
    public static Tensor std(Tensor x, long dim, long correction = 1, bool keepdim = false) => std(x, [dim], correction, keepdim);

    internal static readonly Primitive<SpreadSettings> Std = new("std")
    {
        Abstract = RealReduction,
        Eager = x => SpreadKernel(x, x[0], static (t, dims, unbiased, keepdim) => t.std(dims, unbiased, keepdim), isSquare: false),
        Script = x => $"torch.std({x[0]}, {Script.Ints(x.Settings.Dims)}, correction={x.Settings.Correction}, "
            + $"keepdim={Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Reduction<SpreadSettings>(),
        Vjp = Vjp.Rule<SpreadSettings>((g, y, x) => [VarianceGradient(ElementRules.OverNonZero(g, y) * 0.5, x)]),
    };

    /// <summary>Whether some element is not zero, of all. Shape: []; dtype bool (uint8 stays uint8, as in PyTorch).</summary>
    public static Tensor any(Tensor x) => any(ReductionRules.InOneDim(x), 0);

    /// <summary>Whether some element is not zero, over one dim. Dtype bool (uint8 stays uint8, as in PyTorch).</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    public static Tensor any(Tensor x, long dim, bool keepdim = false) => Any.Bind(ReductionRules.Reducing("any", x, [dim], keepdim), x);

    internal static readonly Primitive<ReductionSettings> Any = new("any")
    {
        Abstract = x => new TensorType(ReductionRules.ReducedShape(x), x[0].DType == DType.UInt8 ? DType.UInt8 : DType.Bool, x[0].Device),
        Eager = x => x[0].any(x.Settings.Dims[0], x.Settings.KeepDim),
        Script = x => $"torch.any({x[0]}, {x.Settings.Dims[0]}, {Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Reduction<ReductionSettings>(),
        Vjp = Vjp.Zero("truth values have no gradient"),
    };

    /// <summary>Whether no element is zero, of all. Shape: []; dtype bool (uint8 stays uint8, as in PyTorch).</summary>
    public static Tensor all(Tensor x) => all(ReductionRules.InOneDim(x), 0);

    /// <summary>Whether no element is zero, over one dim. Dtype bool (uint8 stays uint8, as in PyTorch).</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="dim">The dim to reduce; negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dim stays, with size 1.</param>
    /// <exception cref="ShapeException">The dim does not exist.</exception>
    public static Tensor all(Tensor x, long dim, bool keepdim = false) => All.Bind(ReductionRules.Reducing("all", x, [dim], keepdim), x);

    internal static readonly Primitive<ReductionSettings> All = new("all")
    {
        Abstract = x => new TensorType(ReductionRules.ReducedShape(x), x[0].DType == DType.UInt8 ? DType.UInt8 : DType.Bool, x[0].Device),
        Eager = x => x[0].all(x.Settings.Dims[0], x.Settings.KeepDim),
        Script = x => $"torch.all({x[0]}, {x.Settings.Dims[0]}, {Script.Flag(x.Settings.KeepDim)})",
        Batching = BatchedReductions.Reduction<ReductionSettings>(),
        Vjp = Vjp.Zero("truth values have no gradient"),
    };
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.var(Tensor, long[], long, bool)"/>
    public Tensor var(long[]? dims = null, long correction = 1, bool keepdim = false) => F.var(this, dims, correction, keepdim);

    /// <inheritdoc cref="F.var(Tensor, long, long, bool)"/>
    public Tensor var(long dim, long correction = 1, bool keepdim = false) => F.var(this, dim, correction, keepdim);

    /// <inheritdoc cref="F.std(Tensor, long[], long, bool)"/>
    public Tensor std(long[]? dims = null, long correction = 1, bool keepdim = false) => F.std(this, dims, correction, keepdim);

    /// <inheritdoc cref="F.std(Tensor, long, long, bool)"/>
    public Tensor std(long dim, long correction = 1, bool keepdim = false) => F.std(this, dim, correction, keepdim);

    /// <inheritdoc cref="F.any(Tensor)"/>
    public Tensor any() => F.any(this);

    /// <inheritdoc cref="F.any(Tensor, long, bool)"/>
    public Tensor any(long dim, bool keepdim = false) => F.any(this, dim, keepdim);

    /// <inheritdoc cref="F.all(Tensor)"/>
    public Tensor all() => F.all(this);

    /// <inheritdoc cref="F.all(Tensor, long, bool)"/>
    public Tensor all(long dim, bool keepdim = false) => F.all(this, dim, keepdim);
}

/// <summary>The rules of variances and standard deviations.</summary>
file static class SpreadRules
{
    public static TensorTypes RealReduction<TSettings>(AbstractArgs<TSettings> x)
        where TSettings : ReductionSettings
    {
        Shapes.RequireFloat(x, 0, "x");
        return new TensorType(ReductionRules.ReducedShape(x), x[0].DType, x[0].Device);
    }

    public static Tensor VarianceGradient(Tensor g, VjpArgs<SpreadSettings> x)
    {
        var centered = x[0] - mean(x[0], x.Settings.Dims.Sizes, keepdim: true);
        return ReductionRules.Restore(g, x) * centered * (2.0 / Math.Max(0, ReductionRules.ReducedCount(x) - x.Settings.Correction));
    }

    /// <summary>TorchSharp's kernels know the corrections 0 and 1; others are scaled from 0.</summary>
    public static TorchSharp.torch.Tensor SpreadKernel(
        EagerArgs<SpreadSettings> x, TorchSharp.torch.Tensor t,
        Func<TorchSharp.torch.Tensor, long[], bool, bool, TorchSharp.torch.Tensor> kernel, bool isSquare)
    {
        var (dims, correction, keepdim) = (x.Settings.Dims.Sizes, x.Settings.Correction, x.Settings.KeepDim);
        if (dims.Length == 0)
        {
            dims = [-1];
        }

        if (correction is 0 or 1)
        {
            return kernel(t, dims, correction == 1, keepdim);
        }

        double n = ReductionRules.ReducedCount(x);
        var scale = n / Math.Max(0, n - correction);
        return x.Temporary(kernel(t, dims, false, keepdim)).mul(NativeNumber.Of(isSquare ? scale : Math.Sqrt(scale)));
    }
}
