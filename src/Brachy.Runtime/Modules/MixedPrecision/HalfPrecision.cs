using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>Runs a node in half precision; see <see cref="MixedPrecision"/>.</summary>
/// <param name="DType">The half type.</param>
internal sealed record HalfPrecision(DType DType) : IApplyWrapper
{
    [ThreadStatic]
    private static Precision s_current;

    private enum Precision
    {
        /// <summary>No such node is running.</summary>
        Outside,
        Half,
        High,
    }

    /// <inheritdoc/>
    public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input)
    {
        var outer = s_current;
        var isHigh = outer == Precision.High || MixedPrecision.IsForced(tree);
        s_current = isHigh ? Precision.High : Precision.Half;
        try
        {
            if (isHigh)
            {
                return inner.Call(tree, config, TreeHandler.Map(input, InSingle));
            }

            using var halves = new HalfPrecisionParams(tree, InHalf);
            var output = inner.Call(tree, config, TreeHandler.Map(input, InHalf));
            return outer == Precision.Outside ? TreeHandler.Map(output, InSingle) : output;
        }
        finally
        {
            s_current = outer;
        }
    }

    private static Tensor InSingle(Tensor tensor) => tensor.dtype is DType.Float16 or DType.BFloat16 ? tensor.to(DType.Float32) : tensor;

    private Tensor InHalf(Tensor tensor) => tensor.dtype is DType.Float32 or DType.Float16 or DType.BFloat16 ? tensor.to(DType) : tensor;
}
