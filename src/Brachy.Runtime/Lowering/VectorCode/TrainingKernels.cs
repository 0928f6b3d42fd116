using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>The rules by the names of primitives: those of inference, and what only training does.</summary>
internal static class TrainingKernels
{
    public static IReadOnlyDictionary<string, VectorRule> All { get; } = new Rules
    {
        { F.ThresholdBackward, GradientKernels.Threshold },
        { F.SigmoidBackward, GradientKernels.Sigmoid },
        { F.TanhBackward, GradientKernels.Tanh },
        { F.SiluBackward, GradientKernels.Silu },
        { F.HardswishBackward, GradientKernels.Hardswish },
        { F.LeakyReluBackward, GradientKernels.LeakyRelu },
        { F.HardtanhBackward, GradientKernels.Hardtanh },
        { F.EluBackward, GradientKernels.Elu },
        { F.SoftplusBackward, GradientKernels.Softplus },
        { F.GeluBackward, GradientKernels.Gelu },
        { F.FlashAttentionBackward, AttentionGradientKernels.FlashAttention },
        { F.ConvolutionBackward, ConvolutionGradientKernels.Rule },
        { F.BatchNorm, BatchNormKernels.BatchNorm },
        { F.BatchNormBackward, BatchNormKernels.Gradient },
        { F.AvgPool2dBackward, PoolingGradientKernels.Mean },
        { F.AdaptiveAvgPool2dBackward, PoolingGradientKernels.DividedMean },
        { F.MaxPool2dBackward, PoolingGradientKernels.Max },
        { F.LayerNormBackward, NormGradientKernels.LayerNorm },
        { F.EmbeddingDenseBackward, TableKernels.EmbeddingGradient },
        { F.Blend, BlendKernels.Blend },
        { F.BlendProduct, BlendKernels.Product },
        { F.BlendQuotient, BlendKernels.Quotient },
        { F.RootPlus, BlendKernels.RootPlus },
        { F.SoftmaxBackward, SoftmaxGradientKernels.Rule },
        { F.LogSoftmaxBackward, SoftmaxGradientKernels.Rule },
        { F.NllLossForward, LossKernels.NllLoss },
        { F.NllLossBackward, LossKernels.NllLossGradient },
        { F.ForeachAdam, UpdateKernels.Adam },
        { F.ForeachAdamW, UpdateKernels.Adam },
        { F.ForeachSgd, UpdateKernels.Sgd },
        { F.ForeachAdagrad, UpdateKernels.Adagrad },
    };

    private sealed class Rules() : Dictionary<string, VectorRule>(VectorKernels.All)
    {
        public void Add(Primitive primitive, VectorRule rule) => Add(primitive.Name, rule);

        /// <summary>Adds a rule that reads the settings.</summary>
        public void Add<TSettings>(Primitive<TSettings> primitive, VectorRule<TSettings> rule)
            where TSettings : Settings =>
            Add(primitive.Name, x => rule(x, (TSettings)x.Settings));
    }
}
