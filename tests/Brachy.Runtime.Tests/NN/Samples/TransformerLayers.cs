using Brachy.NN;
using TorchSharp;
using static Brachy.Tests.Ops.Samples.Given;
using TorchDecoder = TorchSharp.Modules.TransformerDecoder;
using TorchDecoderLayer = TorchSharp.Modules.TransformerDecoderLayer;
using TorchEncoder = TorchSharp.Modules.TransformerEncoder;
using TorchEncoderLayer = TorchSharp.Modules.TransformerEncoderLayer;
using TorchModule = TorchSharp.torch.nn.Module;
using TorchTensor = TorchSharp.torch.Tensor;
using TorchTransformer = TorchSharp.Modules.Transformer;

namespace Brachy.Tests.NN.Samples;

/// <summary>
/// Encoders and decoders. libtorch's C++ layers have no norms that come first, no batches that do, and take masks by addition only:
/// TransformerFixtureTests has those.
/// </summary>
public static class TransformerLayers
{
    private const double Never = double.NegativeInfinity;

    public static IEnumerable<LayerSample> All =>
    [
        OfEncoderLayer(
            "TransformerEncoderLayer", () => new TransformerEncoderLayer(6, 2, 10, dropout: 0),
            () => torch.nn.TransformerEncoderLayer(6, 2, 10, dropout: 0)),
        OfEncoderLayer(
            "TransformerEncoderLayer with gelu and masks", () => new TransformerEncoderLayer(6, 3, 10, dropout: 0, "gelu"),
            () => torch.nn.TransformerEncoderLayer(6, 3, 10, dropout: 0, torch.nn.Activations.GELU), Seeded(1, 4, 4), Padding(4)),
        OfEncoderLayer(
            "TransformerEncoderLayer with dropout", () => new TransformerEncoderLayer(6, 2, 10, dropout: 0.4),
            () => torch.nn.TransformerEncoderLayer(6, 2, 10, dropout: 0.4)) with
        {
            OwnBuffers = ["self_attn.key", "dropout.key", "dropout1.key", "dropout2.key"],
            IsRandomInTraining = true,
        },
        OfDecoderLayer(
            "TransformerDecoderLayer", () => new TransformerDecoderLayer(6, 2, 10, dropout: 0),
            () => torch.nn.TransformerDecoderLayer(6, 2, 10, dropout: 0)),
        OfDecoderLayer(
            "TransformerDecoderLayer with gelu and masks", () => new TransformerDecoderLayer(6, 3, 10, dropout: 0, "gelu"),
            () => torch.nn.TransformerDecoderLayer(6, 3, 10, dropout: 0, torch.nn.Activations.GELU), Later(5),
            F.where(F.eq(F.arange(4), 1), Never, Seeded(4, 5, 4)), Padding(5), Padding(4)),
        OfDecoderLayer(
            "TransformerDecoderLayer with dropout", () => new TransformerDecoderLayer(6, 2, 10, dropout: 0.4),
            () => torch.nn.TransformerDecoderLayer(6, 2, 10, dropout: 0.4)) with
        {
            OwnBuffers = ["self_attn.key", "multihead_attn.key", "dropout.key", "dropout1.key", "dropout2.key", "dropout3.key"],
            IsRandomInTraining = true,
        },
        new(
            "TransformerEncoder", () => new TransformerEncoder(new TransformerEncoderLayer(6, 2, 10, dropout: 0), 2),
            () => torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(6, 2, 10, dropout: 0), 2), Sources(Later(4), Padding(4)),
            (tree, config, x) => One(TransformerEncoder.Apply(tree, config, x[0], x[1], x[2])),
            (module, x) => [((TorchEncoder)module).call(x[0], x[1], x[2])]),
        new(
            "TransformerDecoder", () => new TransformerDecoder(new TransformerDecoderLayer(6, 2, 10, dropout: 0), 2),
            () => torch.nn.TransformerDecoder(torch.nn.TransformerDecoderLayer(6, 2, 10, dropout: 0), 2), Targets(Later(5)),
            (tree, config, x) => One(TransformerDecoder.Apply(tree, config, x[0], x[1], x[2])),
            (module, x) => [((TorchDecoder)module).call(x[0], x[1], x[2])]),
        new(
            "Transformer", () => new Transformer(6, 2, 1, 2, 10, dropout: 0), () => torch.nn.Transformer(6, 2, 1, 2, 10, dropout: 0),
            step => [Seeded(3 * step, 4, 2, 6), Seeded((3 * step) + 1, 5, 2, 6), Later(5)],
            (tree, config, x) => One(Transformer.Apply(tree, config, x[0], x[1], tgtMask: x[2])),
            (module, x) => [((TorchTransformer)module).call(x[0], x[1], null!, x[2])]),
    ];

    private static LayerSample OfEncoderLayer(string name, Func<Module> layer, Func<TorchModule> theirs, params Tensor[] masks) => new(
        name, layer, theirs, Sources(masks),
        (tree, config, x) => One(TransformerEncoderLayer.Apply(tree, config, x[0], x.ElementAtOrDefault(1), x.ElementAtOrDefault(2))),
        (module, x) => [((TorchEncoderLayer)module).call(x[0], x.ElementAtOrDefault(1), x.ElementAtOrDefault(2))]);

    private static LayerSample OfDecoderLayer(string name, Func<Module> layer, Func<TorchModule> theirs, params Tensor[] masks) => new(
        name, layer, theirs, Targets(masks),
        (tree, config, x) => One(TransformerDecoderLayer.Apply(
            tree, config, x[0], x[1], x.ElementAtOrDefault(2), x.ElementAtOrDefault(3), x.ElementAtOrDefault(4),
            x.ElementAtOrDefault(5))),
        (module, x) => [((TorchDecoderLayer)module).call(
            x[0], x[1], x.ElementAtOrDefault(2), x.ElementAtOrDefault(3), x.ElementAtOrDefault(4), x.ElementAtOrDefault(5))]);

    private static (StructureTree, Tensor[]) One((StructureTree Tree, Tensor Output) result) => (result.Tree, [result.Output]);

    private static Func<int, Tensor[]> Sources(params Tensor[] masks) => step => [Seeded(3 * step, 4, 2, 6), .. masks];

    private static Func<int, Tensor[]> Targets(params Tensor[] masks) =>
        step => [Seeded(3 * step, 5, 2, 6), Seeded((3 * step) + 1, 4, 2, 6), .. masks];

    private static Tensor Later(long size) => Transformer.GenerateSquareSubsequentMask(size, DType.Float64);

    /// <summary>A batch of two of which the second is shorter by two.</summary>
    private static Tensor Padding(long size) => F.arange(size) >= F.reshape(F.tensor(new[] { size, size - 2 }), 2, 1);
}
