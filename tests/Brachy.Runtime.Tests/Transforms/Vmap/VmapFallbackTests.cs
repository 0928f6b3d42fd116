using Brachy.Extending;

namespace Brachy.Tests.Transforms;

/// <summary>The primitives that <see cref="Vmap"/> computes sample by sample. The list is to become shorter, not longer.</summary>
public class VmapFallbackTests
{
    private static readonly string[] s_withoutRule =
    [
        "bag_max", "bag_numbers", "batch_norm", "batch_norm_backward", "batch_norm_inference", "binomial", "ctc_loss",
        "ctc_loss_backward", "embedding", "embedding_dense_backward", "flash_attention", "flash_attention_backward", "gamma",
        "group_norm", "group_norm_backward", "layer_norm", "layer_norm_backward", "multinomial", "nll_loss_backward", "nll_loss_forward",
        "normal", "permutation", "poisson", "randint", "rms_norm", "rms_norm_backward", "uniform",
    ];

    /// <summary>Those without operands are the same for all samples.</summary>
    [Fact]
    public void TheListIsComplete() => Assert.Equal(
        s_withoutRule,
        Primitives.All.Where(p => p.BatchingRule is null && p != F.Full && p != F.Arange && p != F.LinSpace)
            .Select(p => p.Name).Order(StringComparer.Ordinal));
}
