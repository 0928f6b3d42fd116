using Brachy.NN;
using Brachy.Trees;
using TorchSharp;
using static Brachy.Tests.Ops.Samples.Given;
using static TorchSharp.torch.nn;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.NN.Samples;

/// <summary>Layers of two or three tensors.</summary>
public static class PairLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        Two("CosineSimilarity", () => new CosineSimilarity(), () => CosineSimilarity(), [3, 4, 2], [3, 4, 2]),
        Two("CosineSimilarity along the last dim", () => new CosineSimilarity(-1, 1e-6), () => CosineSimilarity(-1, 1e-6), [3, 4], [3, 4]),
        Two("PairwiseDistance", () => new PairwiseDistance(), () => PairwiseDistance(), [3, 4], [3, 4]),
        Two(
            "PairwiseDistance, 3-norm, dim kept", () => new PairwiseDistance(3, 1e-3, true), () => PairwiseDistance(3, 1e-3, true), [3, 4],
            [3, 4]),
        Two("Bilinear", () => new Bilinear(4, 3, 5), () => Bilinear(4, 3, 5), [2, 6, 4], [2, 6, 3]),
        Two("Bilinear without bias", () => new Bilinear(4, 3, 2, bias: false), () => Bilinear(4, 3, 2, hasBias: false), [6, 4], [6, 3]),
        Bags("EmbeddingBag, sum", () => new EmbeddingBag(7, 3, "sum"), () => EmbeddingBag(7, 3, mode: EmbeddingBagMode.Sum)),
        Bags("EmbeddingBag, mean", () => new EmbeddingBag(7, 3), () => EmbeddingBag(7, 3)),
        Bags("EmbeddingBag, max", () => new EmbeddingBag(7, 3, "max"), () => EmbeddingBag(7, 3, mode: EmbeddingBagMode.Max)),
        Bags("EmbeddingBag, padding", () => new EmbeddingBag(7, 3, paddingIdx: 2), WithPadding),
        Unpool("MaxUnpool1d", () => new MaxUnpool1d(2), () => MaxUnpool1d(2), x => F.max_pool1d_with_indices(x, 2), 2, 3, 6),
        Unpool(
            "MaxUnpool2d", () => new MaxUnpool2d((2, 3)), () => MaxUnpool2d((2, 3)), x => F.max_pool2d_with_indices(x, (2, 3)), 2, 3, 4, 6),
        Unpool("MaxUnpool3d", () => new MaxUnpool3d(2), () => MaxUnpool3d(2), x => F.max_pool3d_with_indices(x, 2), 1, 2, 2, 4, 4),
    ];

    private static LayerSample Two(
        string name, Func<Module<(Tensor, Tensor), Tensor>> layer, Func<torch.nn.Module<TorchTensor, TorchTensor, TorchTensor>> theirs,
        long[] left, long[] right) => new(
            name,
            layer,
            theirs,
            step => [Seeded(step, left), Seeded(step + 50, right)],
            (tree, config, x) => Output(tree.Apply<(Tensor, Tensor), Tensor>(config, (x[0], x[1]))),
            (module, x) => [((torch.nn.Module<TorchTensor, TorchTensor, TorchTensor>)module).call(x[0], x[1])]);

    private static LayerSample Bags(string name, Func<EmbeddingBag> layer, Func<TorchSharp.Modules.EmbeddingBag> theirs) => new(
        name,
        layer,
        theirs,
        _ => [Whole([6, 0, 2, 2, 5, 2], 6), Whole([0, 2, 2, 5], 4)],
        (tree, config, x) => Output(Brachy.NN.EmbeddingBag.Apply(tree, config, x[0], x[1])),
        (module, x) => [((TorchSharp.Modules.EmbeddingBag)module).call(x[0], x[1], null!)]);

    private static LayerSample Unpool(
        string name, Func<Module> layer, Func<torch.nn.Module<TorchTensor, TorchTensor, long[], TorchTensor>> theirs,
        Func<Tensor, (Tensor Values, Tensor Indices)> pooled, params long[] shape) => new(
            name,
            layer,
            theirs,
            step => pooled(Seeded(step, shape)) is var (values, indices) ? [values, indices] : [],
            (tree, config, x) =>
                Output(tree.Apply<(Tensor, Tensor, Shape?), Tensor>(config, (x[0], x[1], null))),
            (module, x) => [((torch.nn.Module<TorchTensor, TorchTensor, long[], TorchTensor>)module).call(x[0], x[1], null!)]);

    /// <summary>PyTorch sets the row of the padding to zero; TorchSharp does not.</summary>
    private static TorchSharp.Modules.EmbeddingBag WithPadding()
    {
        var layer = EmbeddingBag(7, 3, padding_index: 2);
        using var noGrad = torch.no_grad();
        using var row = layer.weight![2];
        row.zero_();
        return layer;
    }

    private static (StructureTree Tree, Tensor[] Outputs) Output((StructureTree Tree, Tensor Output) result) =>
        (result.Tree, [result.Output]);
}
