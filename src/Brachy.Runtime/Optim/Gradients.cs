using Brachy.Extending;

namespace Brachy.Optim;

/// <summary>All gradients of a model at once. Integer params have zeros for gradients, which are left alone.</summary>
internal static class Gradients
{
    /// <summary>The gradients times a number, each in its own element type, multiplied in float32 or wider.</summary>
    /// <param name="grads">A tree of gradients.</param>
    /// <param name="factor">A single number.</param>
    public static StructureTree Scale(StructureTree grads, Tensor factor) => grads.MapInScope((_, g) =>
    {
        if (!g.dtype.IsFloatingPoint())
        {
            return g;
        }

        var wide = Wide(g.dtype);
        return (g.to(wide) * factor.to(wide)).to(g.dtype);
    });

    /// <summary>Whether no gradient holds an infinity or NaN: one truth value.</summary>
    public static Tensor AreFinite(StructureTree grads)
    {
        // 0 times a finite number is 0, and NaN times anything else: a sum of these sees every element in two cheap ops.
        var sums = Floats(grads).Select(g => (g * 0).sum(dtype: DType.Float32)).ToArray();
        var sum = sums.Length == 0 ? F.zeros([]) : F.stack(sums).sum();
        return F.eq(RankSlices.AreInUse ? F.psum(sum, Rank.Axis) : sum, 0);
    }

    /// <summary>
    /// The norm of all gradients together, as if they were one vector: float32, or float64 if a gradient is. Source:
    /// pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html.
    /// </summary>
    /// <param name="grads">A tree of gradients.</param>
    /// <param name="p">The kind of norm: a positive number, or infinity for the largest element.</param>
    public static Tensor Norm(StructureTree grads, double p)
    {
        var norms = Floats(grads).Where(g => g.numel() > 0).Select(g => Norm(g.to(Wide(g.dtype)), p)).ToArray();
        if (norms.Length == 0)
        {
            return F.zeros([]);
        }

        var type = norms.Select(n => n.dtype).Aggregate(Promotion.Combine);
        var norm = Norm(F.stack(Array.ConvertAll(norms, n => n.to(type))), p);
        return RankSlices.AreInUse ? Norm(F.all_gather(norm, Rank.Axis), p) : norm;
    }

    /// <summary>The element type to compute in: halves are widened.</summary>
    public static DType Wide(DType dtype) => Promotion.Combine(dtype, DType.Float32);

    private static Tensor Norm(Tensor x, double p) => p switch
    {
        1 => F.abs(x).sum(),
        2 => F.norm(x),
        double.PositiveInfinity => F.amax(F.abs(x)),
        _ => F.pow(F.pow(F.abs(x), p).sum(), 1 / p),
    };

    private static IEnumerable<Tensor> Floats(StructureTree grads) =>
        grads.DistinctTensors().Select(t => t.Tensor).Where(g => g.dtype.IsFloatingPoint());
}
