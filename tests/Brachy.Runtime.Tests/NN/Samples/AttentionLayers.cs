using Brachy.NN;
using TorchSharp;
using static Brachy.Tests.Ops.Samples.Given;
using TorchMultihead = TorchSharp.Modules.MultiheadAttention;

namespace Brachy.Tests.NN.Samples;

/// <summary>
/// libtorch's C++ layer cannot take keys and values of different sizes, or masks by head, and adds boolean masks as 0 and 1;
/// AttentionLayerTests has those.
/// </summary>
public static class AttentionLayers
{
    private const double Never = double.NegativeInfinity;

    public static IEnumerable<LayerSample> All =>
    [
        Multihead("one size", () => new MultiheadAttention(6, 2), () => torch.nn.MultiheadAttention(6, 2), Inputs(6, 6)),
        Multihead("no bias", () => new MultiheadAttention(6, 3, bias: false), () => torch.nn.MultiheadAttention(6, 3, bias: false), Inputs(6, 6)),
        Multihead("two sizes", () => new MultiheadAttention(6, 2, kdim: 5, vdim: 5), () => torch.nn.MultiheadAttention(6, 2, kdim: 5, vdim: 5), Inputs(5, 5)),
        Multihead(
            "two sizes, no bias",
            () => new MultiheadAttention(6, 2, bias: false, kdim: 4, vdim: 4),
            () => torch.nn.MultiheadAttention(6, 2, bias: false, kdim: 4, vdim: 4),
            Inputs(4, 4)),
        Multihead(
            "added keys",
            () => new MultiheadAttention(6, 2, addBiasKv: true, addZeroAttn: true),
            () => torch.nn.MultiheadAttention(6, 2, add_bias_kv: true, add_zero_attn: true),
            Inputs(6, 6)),
        Multihead("dropout", () => new MultiheadAttention(6, 2, dropout: 0.3), () => torch.nn.MultiheadAttention(6, 2, dropout: 0.3), Inputs(6, 6)) with
        {
            OwnBuffers = ["key"],
            IsRandomInTraining = true,
        },
        Multihead("without weights", () => new MultiheadAttention(6, 2), () => torch.nn.MultiheadAttention(6, 2), Inputs(6, 6), needWeights: false),
        Multihead("padding", () => new MultiheadAttention(6, 2), () => torch.nn.MultiheadAttention(6, 2), step => [.. Inputs(6, 6)(step), Padding()]),
        Multihead(
            "padding, without weights", () => new MultiheadAttention(6, 2), () => torch.nn.MultiheadAttention(6, 2),
            step => [.. Inputs(6, 6)(step), Padding()], needWeights: false),
        Multihead(
            "masks, added keys",
            () => new MultiheadAttention(6, 2, addBiasKv: true, addZeroAttn: true),
            () => torch.nn.MultiheadAttention(6, 2, add_bias_kv: true, add_zero_attn: true),
            step => [.. Inputs(6, 6)(step), Padding(), F.where(Later(), Never, Seeded(step + 50, 3, 4))]),
        Multihead(
            "additive mask, trained, without weights", () => new MultiheadAttention(6, 2), () => torch.nn.MultiheadAttention(6, 2),
            step => [.. Inputs(6, 6)(step), Padding(), F.where(Later(), Never, Seeded(step + 50, 3, 4))], needWeights: false),
        new(
            "Embedding",
            () => new Embedding(7, 3),
            () => torch.nn.Embedding(7, 3),
            _ => [Whole([6, 0, 2, 2], 2, 2)],
            (tree, config, x) => Outputs(Embedding.Apply(tree, config, x[0])),
            (module, x) => [((torch.nn.Module<torch.Tensor, torch.Tensor>)module).call(x[0])]),
        new(
            "Embedding with padding",
            () => new Embedding(7, 3, paddingIdx: -5),
            () => torch.nn.Embedding(7, 3, padding_idx: 2),
            _ => [Whole([6, 0, 2, 2], 4)],
            (tree, config, x) => Outputs(Embedding.Apply(tree, config, x[0])),
            (module, x) => [((torch.nn.Module<torch.Tensor, torch.Tensor>)module).call(x[0])]),
    ];

    private static LayerSample Multihead(
        string name, Func<Module> layer, Func<torch.nn.Module> theirs, Func<int, Tensor[]> inputs, bool needWeights = true) => new(
            $"MultiheadAttention: {name}",
            layer,
            theirs,
            inputs,
            (tree, config, x) =>
            {
                var (next, (output, weights)) = MultiheadAttention.Apply(
                    tree, config, x[0], x[1], x[2], x.Length > 3 ? x[3] : null, needWeights, x.Length > 4 ? x[4] : null);
                return (next, weights is null ? [output] : [output, weights]);
            },
            (module, x) =>
            {
                var (output, weights) = ((TorchMultihead)module).call(
                    x[0], x[1], x[2], x.Length > 3 ? x[3] : null, needWeights, x.Length > 4 ? x[4] : null);
                return needWeights ? [output, weights] : [output];
            });

    private static (StructureTree, Tensor[]) Outputs((StructureTree Tree, Tensor Output) result) => (result.Tree, [result.Output]);

    /// <summary>3 queries and 4 keys in a batch of 2.</summary>
    private static Func<int, Tensor[]> Inputs(long keySize, long valueSize) =>
        step => [Seeded(3 * step, 3, 2, 6), Seeded((3 * step) + 1, 4, 2, keySize), Seeded((3 * step) + 2, 4, 2, valueSize)];

    private static Tensor Padding() => Flags([false, false, false, true, false, false, true, true], 2, 4);

    private static Tensor Later() => F.triu(F.ones([3, 4], DType.Bool), 1);
}
