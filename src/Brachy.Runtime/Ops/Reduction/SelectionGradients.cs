using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Gradients of reductions that select elements.</summary>
internal static class SelectionGradients
{
    public static Tensor ExtremumGradient(Tensor g, Tensor y, VjpArgs<ReductionSettings> x)
    {
        // Where NaN wins, the elements that are NaN tie.
        var chosen = to(logical_or(eq(x[0], ReductionRules.Restore(y, x)), isnan(x[0])), g.dtype);
        return ReductionRules.Restore(g, x) / sum(chosen, x.Settings.Dims.Sizes, keepdim: true) * chosen;
    }

    public static Tensor SelectedGradient(Tensor g, Tensor indices, IRuleArgs<ReductionSettings> x)
    {
        if (x.Types[0].Rank == 0)
        {
            return g;
        }

        var dim = (int)x.Settings.Dims[0];
        var sizes = Enumerable.Repeat(1L, x.Types[0].Rank).ToArray();
        sizes[dim] = x.Types[0].Shape[dim];
        var positions = reshape(arange(sizes[dim], device: x.Types[0].Device), (Shape)sizes);
        return where(eq(positions, ReductionRules.Restore(indices, x)), ReductionRules.Restore(g, x), 0);
    }
}
