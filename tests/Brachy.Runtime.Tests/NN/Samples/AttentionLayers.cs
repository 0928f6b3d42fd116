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
        Multihead(
            "no bias", () => new MultiheadAttention(6, 3, bias: false), () => torch.nn.MultiheadAttention(6, 3, bias: false), Inputs(6, 6)),
        Multihead(
            "two sizes", () => new MultiheadAttention(6, 2, kdim: 5, vdim: 5), () => torch.nn.MultiheadAttention(6, 2, kdim: 5, vdim: 5),
            Inputs(5, 5)),
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
        Multihead(
            "dropout", () => new MultiheadAttention(6, 2, dropout: 0.3), () => torch.nn.MultiheadAttention(6, 2, dropout: 0.3),
            Inputs(6, 6)) with
        {
            OwnBuffers = ["key"],
            IsRandomInTraining = true,
        },
        Multihead(
            "without weights", () => new MultiheadAttention(6, 2), () => torch.nn.MultiheadAttention(6, 2), Inputs(6, 6),
            needWeights: false),
        Multihead("padding", () => new MultiheadAttention(6, 2), () => torch.nn.MultiheadAttention(6, 2), step =>
            [.. Inputs(6, 6)(step), Padding()]),
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
        LayerSample.Of("CausalSelfAttention", () => new CausalSelfAttention(6, 2), () => new CausalAttention(6, 2, bias: true), 3, 4, 6),
        LayerSample.Of(
            "CausalSelfAttention without bias", () => new CausalSelfAttention(6, 3, bias: false),
            () => new CausalAttention(6, 3, bias: false), 2, 5, 6),
        Rotary("RotaryEmbedding", interleaved: false),
        Rotary("RotaryEmbedding of neighbours", interleaved: true),
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

    /// <summary>Rotary position embedding of three pairs, by complex numbers.</summary>
    private sealed class Rotation(bool interleaved) : torch.nn.Module<torch.Tensor, torch.Tensor>("rotation")
    {
        public override torch.Tensor forward(torch.Tensor x)
        {
            var pairs = interleaved ? x.reshape([.. x.shape[..^1], 3, 2]) : x.reshape([.. x.shape[..^1], 2, 3]).transpose(-1, -2);
            var frequencies = torch.tensor(new[] { 1.0, Math.Pow(10_000, -1 / 3.0), Math.Pow(10_000, -2 / 3.0) });
            var angles = torch.outer(torch.arange(x.shape[^2], torch.ScalarType.Float64), frequencies);
            var turned = (pairs.contiguous().view_as_complex() * torch.polar(torch.ones_like(angles), angles)).view_as_real();
            return (interleaved ? turned : turned.transpose(-1, -2)).reshape(x.shape);
        }
    }

    /// <summary>The layer of GPT-2 in single steps.</summary>
    private sealed class CausalAttention : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly TorchSharp.Modules.Linear _in;
        private readonly TorchSharp.Modules.Linear _out;
        private readonly long _heads;

        public CausalAttention(long size, long heads, bool bias)
            : base("causal")
        {
            (_in, _out, _heads) = (torch.nn.Linear(size, 3 * size, bias), torch.nn.Linear(size, size, bias), heads);
            register_module("c_attn", _in);
            register_module("c_proj", _out);
        }

        public override torch.Tensor forward(torch.Tensor x)
        {
            var (rows, positions, size) = (x.shape[0], x.shape[1], x.shape[2]);
            var parts = _in.call(x).chunk(3, -1).Select(part => part.reshape(rows, positions, _heads, size / _heads).transpose(1, 2))
                .ToArray();
            var scores = parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt(size / _heads);
            var later = torch.ones(positions, positions, dtype: torch.ScalarType.Bool).triu(1);
            var weights = scores.masked_fill(later, Never).softmax(-1);
            return _out.call(weights.matmul(parts[2]).transpose(1, 2).reshape(rows, positions, size));
        }
    }

    private static LayerSample Rotary(string name, bool interleaved) => new(
        name,
        () => new RotaryEmbedding(6, interleaved: interleaved),
        () => new Rotation(interleaved),
        step => [Seeded(step, 2, 5, 6)],
        (tree, config, x) => Outputs(RotaryEmbedding.Apply(tree, config, x[0])),
        (module, x) => [((Rotation)module).call(x[0])]);

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
