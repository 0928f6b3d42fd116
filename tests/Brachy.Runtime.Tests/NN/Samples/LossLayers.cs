using Brachy.NN;
using Brachy.Trees;
using TorchSharp;
using static TorchSharp.torch.nn;
using TorchReduction = TorchSharp.torch.nn.Reduction;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.NN.Samples;

/// <summary>Losses. Targets are constants of a row, because libtorch has no gradient by many of them.</summary>
public static class LossLayers
{
    private static readonly (Reduction Ours, TorchReduction Theirs)[] s_reductions =
    [
        (Reduction.None, TorchReduction.None), (Reduction.Mean, TorchReduction.Mean), (Reduction.Sum, TorchReduction.Sum),
    ];

    public static IEnumerable<LayerSample> All =>
    [
        .. s_reductions.SelectMany(r => Rows(r.Ours, r.Theirs)),
        Loss("KLDivLoss, batchmean", () => new KLDivLoss(batchmean: true), () => new BatchMean(), Reals, F.softmax(Targets(), 1)),
        Loss("CrossEntropyLoss of probabilities", () => new CrossEntropyLoss(), () => CrossEntropyLoss(), Reals, F.softmax(Targets(), 1)),
        Loss(
            "CrossEntropyLoss of images", () => new CrossEntropyLoss(), () => CrossEntropyLoss(), step => Real(step, 2, 4, 3, 2),
            Ops.Make.Integers([2, 3, 2], 0, 4)),
        Loss(
            "MultiMarginLoss of one row", () => new MultiMarginLoss(), () => MultiMarginLoss(), step => Real(step, 4),
            Ops.Samples.Given.Whole([2])),
        Adaptive("AdaptiveLogSoftmaxWithLoss", 5, [3, 7], 12, divValue: 2, headBias: false, [4, 0, 11, 6, 2, 7]),
        Adaptive("AdaptiveLogSoftmaxWithLoss, one cluster, bias", 4, [2], 5, divValue: 4, headBias: true, [4, 0, 2]),
        Loss(
            "MultiLabelMarginLoss of one row", () => new MultiLabelMarginLoss(), () => MultiLabelMarginLoss(), step => Real(step, 4),
            F.tensor([3L, 0, -1, 1])),
    ];

    private static IEnumerable<LayerSample> Rows(Reduction r, TorchReduction t)
    {
        var classes = F.tensor([2L, 0, 3]);
        var ignored = F.tensor([2L, -100, 3]);
        var weight = Ops.Make.Positive([4]);
        yield return Loss($"L1Loss, {r}", () => new L1Loss(r), () => L1Loss(t), Reals, Targets());
        yield return Loss($"MSELoss, {r}", () => new MSELoss(r), () => MSELoss(t), Reals, Targets());
        yield return Loss($"SmoothL1Loss, {r}", () => new SmoothL1Loss(r, 0.4), () => SmoothL1Loss(t, 0.4), Reals, Targets());
        yield return Loss($"HuberLoss, {r}", () => new HuberLoss(r, 1.5), () => HuberLoss(1.5, t), Reals, Targets());
        yield return Loss($"KLDivLoss, {r}", () => new KLDivLoss(r), () => KLDivLoss(false, t), Reals, F.softmax(Targets(), 1));
        yield return Loss(
            $"KLDivLoss of logarithms, {r}", () => new KLDivLoss(r, logTarget: true), () => KLDivLoss(true, t), Reals, Targets());
        yield return Loss(
            $"PoissonNLLLoss, {r}", () => new PoissonNLLLoss(reduction: r), () => PoissonNLLLoss(reduction: t), Reals, Counts());
        yield return Loss(
            $"PoissonNLLLoss, full, {r}", () => new PoissonNLLLoss(true, true, reduction: r),
            () => PoissonNLLLoss(true, true, reduction: t), Reals, Counts());
        yield return Loss(
            $"BCELoss, {r}", () => new BCELoss(reduction: r), () => BCELoss(reduction: t), Probabilities, F.sigmoid(Targets()));
        yield return Loss(
            $"BCELoss, weight, {r}", () => new BCELoss(weight, r), () => BCELoss(weight.AsTorch(), t), Probabilities, F.sigmoid(Targets()));
        yield return Loss(
            $"BCEWithLogitsLoss, {r}", () => new BCEWithLogitsLoss(reduction: r), () => BCEWithLogitsLoss(reduction: t), Reals,
            F.sigmoid(Targets()));
        yield return Loss(
            $"BCEWithLogitsLoss, weights, {r}", () => new BCEWithLogitsLoss(weight, r, weight * 2),
            () => BCEWithLogitsLoss(weight.AsTorch(), t, (weight * 2).AsTorch()), Reals, F.sigmoid(Targets()));
        yield return Loss($"SoftMarginLoss, {r}", () => new SoftMarginLoss(r), () => SoftMarginLoss(t), Reals, Signs(3, 4));
        yield return Loss(
            $"HingeEmbeddingLoss, {r}", () => new HingeEmbeddingLoss(0.7, r), () => HingeEmbeddingLoss(0.7, t), Reals, Signs(3, 4));
        yield return Loss($"NLLLoss, {r}", () => new NLLLoss(reduction: r), () => NLLLoss(reduction: t), Reals, classes);
        yield return Loss(
            $"NLLLoss, weight, {r}", () => new NLLLoss(weight, reduction: r), () => NLLLoss(weight.AsTorch(), t), Reals, classes);
        yield return Loss(
            $"CrossEntropyLoss, {r}", () => new CrossEntropyLoss(reduction: r), () => CrossEntropyLoss(reduction: t), Reals, ignored);
        yield return Loss(
            $"CrossEntropyLoss, weight, ignored, {r}", () => new CrossEntropyLoss(weight, 3, r),
            () => CrossEntropyLoss(weight.AsTorch(), 3, t), Reals, classes);
        yield return Loss(
            $"MultiMarginLoss, {r}", () => new MultiMarginLoss(reduction: r), () => MultiMarginLoss(reduction: t), Reals, classes);
        yield return Loss(
            $"MultiMarginLoss, weight, {r}", () => new MultiMarginLoss(2, 0.8, weight, r),
            () => MultiMarginLoss(2, 0.8, weight.AsTorch(), t), Reals, classes);
        yield return Loss(
            $"MultiLabelMarginLoss, {r}", () => new MultiLabelMarginLoss(r), () => MultiLabelMarginLoss(t), Reals,
            Tensor.FromArray([2L, 0, -1, 3, 1, -1, -1, -1, 3, 2, 1, 0], [3, 4]));
        yield return Loss(
            $"MultiLabelSoftMarginLoss, {r}", () => new MultiLabelSoftMarginLoss(weight, r),
            () => MultiLabelSoftMarginLoss(weight.AsTorch(), t), Reals, (Signs(3, 4) + 1) / 2);
        yield return Ctc($"CTCLoss, {r}", () => new CTCLoss(reduction: r), () => CTCLoss(reduction: t), [7, 5, 6]);
        yield return Ctc(
            $"CTCLoss, another blank, a target too long, {r}", () => new CTCLoss(2, r, zeroInfinity: true), () => CTCLoss(2, true, t),
            [7, 2, 6]);
        yield return Three(
            $"MarginRankingLoss, {r}", () => new MarginRankingLoss(0.3, r), () => MarginRankingLoss(0.3, t),
            step => [Reals(step), Reals(step + 50)], Signs(3, 4));
        yield return Three(
            $"CosineEmbeddingLoss, {r}", () => new CosineEmbeddingLoss(-0.5, r), () => CosineEmbeddingLoss(-0.5, t),
            step => [Reals(step), Reals(step + 50)], Signs(3));
        yield return Three(
            $"GaussianNLLLoss, {r}", () => new GaussianNLLLoss(true, reduction: r), () => new Gaussian(t),
            step => [Reals(step), Reals(step + 50)], Ops.Make.Positive([3, 4]));
        yield return Three(
            $"TripletMarginLoss, {r}", () => new TripletMarginLoss(2, 3, swap: true, reduction: r),
            () => TripletMarginLoss(2, 3, swap: true, reduction: t), step => [Reals(step), Reals(step + 50), Reals(step + 90)]);
        yield return Three(
            $"TripletMarginWithDistanceLoss, {r}", () => new TripletMarginWithDistanceLoss(new CosineSimilarity(), 1.5, reduction: r),
            () => TripletMarginWithDistanceLoss((a, b) => torch.nn.functional.cosine_similarity(a, b), 1.5, reduction: t),
            step => [Reals(step), Reals(step + 50), Reals(step + 90)]);
    }

    private static LayerSample Loss(
        string name, Func<Module<(Tensor, Tensor), Tensor>> layer, Func<torch.nn.Module<TorchTensor, TorchTensor, TorchTensor>> theirs,
        Func<int, Tensor> input, Tensor target) => new(
            name,
            layer,
            theirs,
            step => [input(step)],
            (tree, config, x) => Output(tree.Apply<(Tensor, Tensor), Tensor>(config, (x[0], target))),
            (module, x) => [((torch.nn.Module<TorchTensor, TorchTensor, TorchTensor>)module).call(x[0], target.AsTorch())])
        {
            OwnBuffers = ["weight", "pos_weight"],
        };

    /// <summary>A loss of three tensors; the last may be a constant.</summary>
    private static LayerSample Three(
        string name, Func<Module<(Tensor, Tensor, Tensor), Tensor>> layer,
        Func<torch.nn.Module<TorchTensor, TorchTensor, TorchTensor, TorchTensor>> theirs, Func<int, Tensor[]> inputs,
        Tensor? last = null) => new(
            name,
            layer,
            theirs,
            inputs,
            (tree, config, x) =>
                Output(tree.Apply<(Tensor, Tensor, Tensor), Tensor>(config, (x[0], x[1], last ?? x[2]))),
            (module, x) =>
                [((torch.nn.Module<TorchTensor, TorchTensor, TorchTensor, TorchTensor>)module).call(x[0], x[1], last?.AsTorch() ?? x[2])]);

    /// <summary>
    /// Seven steps of three sequences, four classes; the second target needs three steps. Gradients are compared behind log_softmax, see
    /// <see cref="F.ctc_loss(Tensor, Tensor, Tensor, Tensor, long, Reduction, bool)"/>.
    /// </summary>
    private static LayerSample Ctc(
        string name, Func<CTCLoss> layer, Func<torch.nn.Module<TorchTensor, TorchTensor, TorchTensor, TorchTensor, TorchTensor>> theirs,
        long[] inputLengths)
    {
        Tensor[] rest = [Tensor.FromArray([1L, 3, 1, 1, 1, 3, 3, 1, 3], [3, 3]), F.tensor(inputLengths), F.tensor([3L, 2, 1])];
        return new(
            name,
            layer,
            theirs,
            step => [Real(step, 7, 3, 4)],
            (tree, config, x) => Output(Brachy.NN.CTCLoss.Apply(tree, config, F.log_softmax(x[0], -1), rest[0], rest[1], rest[2])),
            (module, x) =>
            [
                ((torch.nn.Module<TorchTensor, TorchTensor, TorchTensor, TorchTensor, TorchTensor>)module)
                    .call(x[0].log_softmax(-1), rest[0].AsTorch(), rest[1].AsTorch(), rest[2].AsTorch()),
            ]);
    }

    private static LayerSample Adaptive(
        string name, long features, long[] cutoffs, long classes, double divValue, bool headBias, long[] targets) => new(
            name,
            () => new AdaptiveLogSoftmaxWithLoss(features, classes, cutoffs, divValue, headBias),
            () => new AdaptiveLogSoftmax(features, [.. cutoffs, classes], divValue, headBias),
            step => [Real(step, targets.Length, features), F.tensor(targets)],
            (tree, config, x) =>
            {
                var (next, (output, loss)) = AdaptiveLogSoftmaxWithLoss.Apply(tree, config, x[0], x[1]);
                return (next, [output, loss]);
            },
            (module, x) => ((AdaptiveLogSoftmax)module).call(x[0], x[1]) is var (output, loss) ? [output, loss] : []);

    private static (StructureTree Tree, Tensor[] Outputs) Output((StructureTree Tree, Tensor Output) result) =>
        (result.Tree, [result.Output]);

    private static Tensor Real(int step, params long[] shape) => Ops.Make.Real(shape, seed: 31 + step);

    private static Tensor Reals(int step) => Real(step, 3, 4);

    private static Tensor Probabilities(int step) => F.sigmoid(Reals(step));

    private static Tensor Targets() => Ops.Make.Real([3, 4], seed: 5);

    private static Tensor Counts() => Ops.Make.Integers([3, 4], 0, 6).to(DType.Float64);

    private static Tensor Signs(params long[] shape) => F.sign(Ops.Make.Real(shape, seed: 8));

    /// <summary>TorchSharp has no such reduction.</summary>
    private sealed class BatchMean() : torch.nn.Module<TorchTensor, TorchTensor, TorchTensor>("batchmean")
    {
        public override TorchTensor forward(TorchTensor x, TorchTensor target) =>
            torch.nn.functional.kl_div(x, target, false, TorchReduction.Sum) / x.shape[0];
    }

    /// <summary>The formula of PyTorch's documentation; TorchSharp leaves eps and the constant out.</summary>
    private sealed class Gaussian(
        TorchReduction reduction) : torch.nn.Module<TorchTensor, TorchTensor, TorchTensor, TorchTensor>("gaussian")
    {
        public override TorchTensor forward(TorchTensor x, TorchTensor target, TorchTensor var)
        {
            var losses = (var.log() + ((x - target).square() / var)) * 0.5 + (0.5 * Math.Log(2 * Math.PI));
            return reduction switch { TorchReduction.None => losses, TorchReduction.Sum => losses.sum(), _ => losses.mean() };
        }
    }

    /// <summary>The layer of PyTorch's documentation, row by row; TorchSharp lacks it.</summary>
    private sealed class AdaptiveLogSoftmax : torch.nn.Module<TorchTensor, TorchTensor, (TorchTensor Output, TorchTensor Loss)>
    {
        private readonly long[] _cutoffs;
        private readonly TorchSharp.Modules.Linear _head;
        private readonly TorchSharp.Modules.ModuleList<TorchSharp.Modules.Sequential> _tail;

        public AdaptiveLogSoftmax(long features, long[] cutoffs, double divValue, bool headBias)
            : base("adaptive")
        {
            _cutoffs = cutoffs;
            _head = Linear(features, cutoffs[0] + cutoffs.Length - 1, headBias);
            _tail = ModuleList(
            [
                .. cutoffs.Skip(1).Select((end, i) => (Inner: (long)(features / Math.Pow(divValue, i + 1)), Classes: end - cutoffs[i]))
                    .Select(
                        size => Sequential(Linear(features, size.Inner, hasBias: false), Linear(size.Inner, size.Classes, hasBias: false))),
            ]);
            register_module("head", _head);
            register_module("tail", _tail);
        }

        public override (TorchTensor Output, TorchTensor Loss) forward(TorchTensor x, TorchTensor target)
        {
            var rows = target.data<long>().Select((label, row) =>
            {
                var head = _head.call(x[row]).log_softmax(0);
                if (label < _cutoffs[0])
                {
                    return head[label];
                }

                var cluster = Array.FindIndex(_cutoffs, end => label < end) - 1;
                return head[_cutoffs[0] + cluster] + _tail[cluster].call(x[row]).log_softmax(0)[label - _cutoffs[cluster]];
            });
            var output = TorchLists.Stack([.. rows]);
            return (output, -output.mean());
        }
    }
}
