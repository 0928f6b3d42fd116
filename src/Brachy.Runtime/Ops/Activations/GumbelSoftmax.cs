using Brachy.Extending;

namespace Brachy;

// Samples of categories that gradients flow through.
public static partial class F
{
    /// <summary>
    /// A sample of categories along a dim, from the Gumbel-softmax distribution: softmax((logits + noise) / tau). Shape and dtype: as the
    /// logits. Source: pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html; Jang et al., arXiv:1611.01144.
    /// </summary>
    /// <param name="logits">Unnormalised log probabilities, of a floating-point type.</param>
    /// <param name="tau">The temperature, positive: the lower, the closer samples come to one category.</param>
    /// <param name="hard">
    /// Whether values are those of the largest category alone, 1 there and 0 elsewhere; the gradient stays that of the soft sample.
    /// </param>
    /// <param name="dim">The dim that the categories lie along.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    /// <exception cref="DTypeException">The logits are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">tau is not positive.</exception>
    public static Tensor gumbel_softmax(Tensor logits, double tau = 1, bool hard = false, long dim = -1, RngKey? key = null)
    {
        const string Op = "gumbel_softmax";
        OperandChecks.RequireReal(Op, logits, nameof(logits));
        if (!(tau > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(tau), tau, $"{Op}: tau must be positive.");
        }

        var axis = Shapes.NormalizeDim(Op, dim, logits.ndim);
        var soft = softmax((logits + Rng.Gumbel(logits.shape, logits.dtype, key)) / tau, axis);
        if (!hard)
        {
            return soft;
        }

        if (logits.ndim == 0 || logits.shape[axis] == 0)
        {
            throw new ShapeException($"{Op}: logits {logits.Type} have no category along dim {dim}.");
        }

        var one = scatter(zeros_like(soft), axis, argmax(soft, axis, keepdim: true), 1.0);
        return one - stop_gradient(soft) + soft;
    }
}
