using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Derivatives of norms in forward mode.</summary>
internal static class NormTangents
{
    /// <summary>The tangents of the result and of the statistics of a norm.</summary>
    /// <param name="x">The operands; the input comes first.</param>
    /// <param name="view">How to see the input.</param>
    /// <param name="t">The tangents of the operands.</param>
    /// <param name="weight">The weight's position.</param>
    /// <param name="mean">The mean; null for a norm without one.</param>
    /// <param name="rstd">The reciprocal of the deviation.</param>
    /// <param name="standardized">
    /// The gradient of the norm without params: its Jacobian is symmetric, so that this takes tangents of the input to those of the result.
    /// </param>
    /// <param name="norm">The norm of the same input with other params.</param>
    /// <param name="needsStatistics">Whether the tangents of the statistics are needed, even if they are not wanted as results.</param>
    public static Tensor?[] Of(
        JvpArgs x, NormView view, Tensor?[] t, int weight, Tensor? mean, Tensor rstd, Func<Tensor, Tensor> standardized,
        Func<Tensor[], Tensor> norm, bool needsStatistics = false)
    {
        var statistics = mean is null ? 1 : 2;
        if (x[0].numel() == 0)
        {
            return new Tensor?[statistics + 1];
        }

        var output = x.Wants(0) ? Tangents.Sum(OfInput(), OfParams()) : null;
        return mean is null ? [output, OfRstd()] : [output, OfMean(), OfRstd()];

        Tensor? OfInput() => t[0].Map(standardized).Map(tx => x.Count <= weight ? tx
            : reshape(reshape(tx, view.Input) * reshape(x[weight], view.Params), tx.shape).to(x[0].dtype));

        Tensor? OfParams()
        {
            var (byWeight, byBias) = (x.Count > weight ? t[weight] : null, x.Count > weight + 1 ? t[weight + 1] : null);
            return byWeight is not null
                ? norm(byBias is null ? [byWeight] : [byWeight, byBias])
                : byBias.Map(b => reshape(expand(reshape(b, view.Params), view.Input), x[0].shape).to(x[0].dtype));
        }

        Tensor? OfMean() => x.Wants(1) || needsStatistics
            ? t[0].Map(tx => reshape(F.mean(reshape(tx, view.Input).to(rstd.dtype), view.Dims, keepdim: true), rstd.shape))
            : null;

        Tensor? OfRstd() => x.Wants(statistics) || needsStatistics
            ? t[0].Map(tx =>
            {
                var input = reshape(x[0], view.Input).to(rstd.dtype);
                var centered = mean is null ? input : input - reshape(mean, view.Statistics);
                var along = F.mean(centered * reshape(tx, view.Input), view.Dims, keepdim: true);
                return reshape(along, rstd.shape) * (-square(rstd) * rstd);
            })
            : null;
    }
}
