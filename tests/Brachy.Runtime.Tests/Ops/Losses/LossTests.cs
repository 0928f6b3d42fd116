using Brachy.Extending;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Brachy.Tests.Ops;

/// <summary>Values and gradients of element and margin losses, with every reduction, against libtorch's own.</summary>
public class LossTests
{
    private static readonly Dictionary<string, (Func<Tensor[]> Inputs, Func<Tensor[], Reduction, Tensor> Ours, Func<torch.Tensor[],
        torch.nn.Reduction, torch.Tensor> Theirs)> s_cases = new()
        {
            ["mse_loss"] = (Pair, (x, r) => F.mse_loss(x[0], x[1], r), (x, r) => functional.mse_loss(x[0], x[1], r)),
            ["l1_loss"] = (Pair, (x, r) => F.l1_loss(x[0], x[1], r), (x, r) => functional.l1_loss(x[0], x[1], r)),
            ["smooth_l1_loss"] = (Pair, (x, r) => F.smooth_l1_loss(x[0], x[1], r), (x, r) => functional.smooth_l1_loss(x[0], x[1], r)),
            ["smooth_l1_loss, beta"] = (
                Pair, (x, r) => F.smooth_l1_loss(x[0], x[1], r, 0.4), (x, r) => functional.smooth_l1_loss(x[0], x[1], r, 0.4)),
            ["smooth_l1_loss, beta 0"] = (Pair, (x, r) => F.smooth_l1_loss(x[0], x[1], r, 0), (x, r) => functional.l1_loss(x[0], x[1], r)),
            ["huber_loss"] = (Pair, (x, r) => F.huber_loss(x[0], x[1], r, 1.5), (x, r) => functional.huber_loss(x[0], x[1], 1.5, r)),
            ["huber_loss at its kinks"] = (Kinks, (x, r) => F.huber_loss(x[0], x[1], r), (x, r) => functional.huber_loss(x[0], x[1], 1, r)),
            ["kl_div"] = (LogProbabilities, (x, r) => F.kl_div(x[0], x[1], r), (x, r) => functional.kl_div(x[0], x[1], false, r)),
            ["kl_div of logarithms"] = (
                Pair, (x, r) => F.kl_div(x[0], x[1], r, log_target: true), (x, r) => functional.kl_div(x[0], x[1], true, r)),
            ["poisson_nll_loss"] = (Counts, (x, r) => F.poisson_nll_loss(x[0], x[1], reduction: r), (x, r) =>
                functional.poisson_nll_loss(x[0], x[1], reduction: r)),
            // TorchSharp leaves eps out.
            ["poisson_nll_loss, full"] = (
                Counts, (x, r) => F.poisson_nll_loss(x[0], x[1], false, true, eps: 0, reduction: r),
                (x, r) => functional.poisson_nll_loss(x[0], x[1], false, true, reduction: r)),
            ["binary_cross_entropy"] = (
                Probabilities, (x, r) => F.binary_cross_entropy(x[0], x[1], reduction: r),
                (x, r) => functional.binary_cross_entropy(x[0], x[1], reduction: r)),
            ["binary_cross_entropy, weight"] = (
                Probabilities,
                (x, r) => F.binary_cross_entropy(x[0], x[1], Make.Positive([4]), r),
                (x, r) => functional.binary_cross_entropy(x[0], x[1], Make.Positive([4]).AsTorch(), r)),
            ["binary_cross_entropy_with_logits"] = (
                Scores,
                (x, r) => F.binary_cross_entropy_with_logits(x[0], x[1], reduction: r),
                (x, r) => functional.binary_cross_entropy_with_logits(x[0], x[1], reduction: r)),
            ["binary_cross_entropy_with_logits, weights"] = (
                Scores,
                (x, r) => F.binary_cross_entropy_with_logits(x[0], x[1], Make.Positive([3, 1]), Make.Positive([4], seed: 9), r),
                (x, r) => functional.binary_cross_entropy_with_logits(
                    x[0], x[1], Make.Positive([3, 1]).AsTorch(), r, Make.Positive([4], seed: 9).AsTorch())),
            ["soft_margin_loss"] = (
                Signed, (x, r) => F.soft_margin_loss(x[0], x[1], r), (x, r) => functional.soft_margin_loss(x[0], x[1], r)),
            ["hinge_embedding_loss"] = (
                Signed, (x, r) => F.hinge_embedding_loss(x[0], x[1], 0.7, r),
                (x, r) => functional.hinge_embedding_loss(x[0], x[1], 0.7, r)),
            ["margin_ranking_loss"] = (
                () => [.. Pair(), Signs(3, 4)],
                (x, r) => F.margin_ranking_loss(x[0], x[1], x[2], 0.3, r),
                (x, r) => functional.margin_ranking_loss(x[0], x[1], x[2], 0.3, r)),
            ["cosine_embedding_loss"] = (
                () => [.. Pair(), Signs(3)],
                (x, r) => F.cosine_embedding_loss(x[0], x[1], x[2], -0.5, r),
                (x, r) => functional.cosine_embedding_loss(x[0], x[1], x[2], -0.5, r)),
            ["triplet_margin_loss"] = (
                Triple, (x, r) => F.triplet_margin_loss(x[0], x[1], x[2], reduction: r),
                (x, r) => functional.triplet_margin_loss(x[0], x[1], x[2], reduction: r)),
            ["triplet_margin_loss, swapped, 3-norm"] = (
                Triple,
                (x, r) => F.triplet_margin_loss(x[0], x[1], x[2], 2, 3, swap: true, reduction: r),
                (x, r) => functional.triplet_margin_loss(x[0], x[1], x[2], 2, 3, swap: true, reduction: r)),
            ["triplet_margin_loss, 1-norm"] = (
                Triple,
                (x, r) => F.triplet_margin_loss(x[0], x[1], x[2], 2, 1, reduction: r),
                (x, r) => functional.triplet_margin_loss(x[0], x[1], x[2], 2, 1, reduction: r)),
        };

    public static TheoryData<string, Reduction> Rows
    {
        get
        {
            var rows = new TheoryData<string, Reduction>();
            foreach (var name in s_cases.Keys)
            {
                foreach (var reduction in Enum.GetValues<Reduction>())
                {
                    rows.Add(name, reduction);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void ValueAndGradientsAreThoseOfLibtorch(string name, Reduction reduction)
    {
        var (make, ours, theirs) = s_cases[name];
        var inputs = make();

        // libtorch's losses of signs and counts have no gradient by the target.
        var real = make == Pair || make == Triple || make == Kinks ? inputs.Length : inputs.Length - 1;
        var leaves = inputs.Select((x, i) => i < real ? x.AsTorch().clone().requires_grad_() : x.AsTorch()).ToArray();
        var expected = theirs(leaves, Theirs(reduction));
        var weights = Make.Real((Shape)expected.shape, seed: 7);
        var expectedGradients = torch.autograd.grad([expected], leaves[..real], [weights.AsTorch()]);
        var (actual, gradients) = Pullback.Differentiate(inputs, x => ours(x, reduction), y => ([y], [weights]));
        OpCheck.AssertClose(expected.detach(), actual, 1e-10, name);

        for (var i = 0; i < real; i++)
        {
            OpCheck.AssertClose(expectedGradients[i], gradients[i]!, 1e-10, $"gradient {i} of {name}");
        }
    }

    [Fact]
    public void KlDivCanAverageOverTheBatch()
    {
        var x = LogProbabilities();
        OpCheck.AssertClose(F.kl_div(x[0], x[1], Reduction.Sum) / 3, F.kl_div(x[0], x[1], batchmean: true), 1e-12, "batchmean");
        OpCheck.AssertClose(
            F.tensor([0.0, 0.0]), F.kl_div(F.tensor([-1.0, -2.0]), F.tensor([0.0, 0.0]), Reduction.None), 0, "probability 0");
        Assert.Throws<ShapeException>(() => F.kl_div(x[0][0, 0], x[1][0, 0], batchmean: true));
    }

    [Theory]
    [InlineData("3 4", true)]
    [InlineData("3 1", false)]
    [InlineData("3", true)]
    public void GaussianNllIsMinusTheLogDensity(string shape, bool full)
    {
        var (x, t) = (Make.Real([3, 4]), Make.Real([3, 4], seed: 5));
        var variance = Make.Positive([.. shape.Split(' ').Select(long.Parse)]);
        var wide = F.reshape(variance, [3, variance.numel() / 3]);
        var expected = (F.log(wide) + F.square(x - t) / wide) * 0.5 + (full ? 0.5 * Math.Log(2 * Math.PI) : 0);
        OpCheck.AssertClose(expected, F.gaussian_nll_loss(x, t, variance, full, reduction: Reduction.None), 1e-12, shape);
    }

    [Fact]
    public void GaussianNllBoundsTheVarianceButNotItsGradient()
    {
        var (loss, g) = Pullback.Differentiate(
            [F.tensor([1e-9])], v => F.gaussian_nll_loss(F.tensor([1.0]), F.tensor([1.0]), v[0], eps: 0.01), y => ([y], [F.ones_like(y)]));
        Assert.Equal(0.5 * Math.Log(0.01), loss.item<double>(), 1e-9);
        Assert.Equal(50, g[0]!.item<double>(), 1e-4);
    }

    [Fact]
    public void CertainProbabilitiesHaveFiniteLossesAndGradients()
    {
        var x = F.tensor([0.0, 1.0, 0.0, 1.0]);
        var leaf = x.AsTorch().clone().requires_grad_();
        var t = F.tensor([0.0, 1.0, 1.0, 0.0]);
        functional.binary_cross_entropy(leaf, t.AsTorch()).backward();
        var (loss, g) = Pullback.Differentiate([x], p => F.binary_cross_entropy(p[0], t), y => ([y], [F.ones_like(y)]));
        Assert.Equal(50, loss.item<double>());
        OpCheck.AssertClose(leaf.grad!, g[0]!, 1e-8, "gradient");
        Assert.Throws<NativeOpException>(() => F.binary_cross_entropy(x + 1.5, t));
    }

    [Fact]
    public void LossesOfFarValuesAreFinite()
    {
        var x = F.tensor([-1e4, 1e4]);
        foreach (var f in new Func<Tensor, Tensor>[]
        {
            t => F.binary_cross_entropy_with_logits(t, F.tensor([1.0, 0.0])), t => F.soft_margin_loss(t, F.tensor([1.0, -1.0])),
            t => F.huber_loss(t, t * 0), t => F.smooth_l1_loss(t, t * 0),
        })
        {
            var (loss, g) = Pullback.Differentiate([x], t => f(t[0]), y => ([y], [F.ones_like(y)]));
            Assert.InRange(loss.item<double>(), 9999, 10001);
            Assert.All(g[0]!.ToArray<double>(), v => Assert.True(double.IsFinite(v)));
        }

        var (_, slope) = Pullback.Differentiate(
            [F.tensor([double.PositiveInfinity])], t => F.huber_loss(t[0], F.tensor([0.0])), y => ([y], [F.ones_like(y)]));
        Assert.Equal(1, slope[0]!.item<double>());
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        var (x, other) = (Make.Real([3, 4]), Make.Real([4]));
        Assert.Throws<ShapeException>(() => F.mse_loss(x, Make.Real([3])));
        Assert.Throws<ShapeException>(() => F.margin_ranking_loss(x, x, other));
        Assert.Throws<ShapeException>(() => F.cosine_embedding_loss(x, x, other));
        Assert.Throws<ShapeException>(() => F.triplet_margin_loss(x, x, other));
        Assert.Throws<ShapeException>(() => F.gaussian_nll_loss(x, x, Make.Positive([4])));
        Assert.Throws<ShapeException>(() => F.binary_cross_entropy_with_logits(x, x, Make.Positive([2, 3, 4])));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.huber_loss(x, x, delta: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.smooth_l1_loss(x, x, beta: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.triplet_margin_loss(x, x, x, p: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.mse_loss(x, x, (Reduction)7));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.nll_loss(x, F.zeros([3], DType.Int64), reduction: (Reduction)7));
        Assert.Throws<ArgumentNullException>(() => F.mse_loss(null!, x));
        Assert.Throws<ArgumentNullException>(() => F.softmax_cross_entropy(x, null!));
        Assert.Throws<DTypeException>(() => F.binary_cross_entropy(x, x.to(DType.Float32)));
        Assert.Throws<ShapeException>(() => F.binary_cross_entropy(F.sigmoid(x), F.sigmoid(other)));
        Assert.Throws<ShapeException>(() => F.binary_cross_entropy_with_logits(x, other));
        Assert.Throws<ShapeException>(() => F.triplet_margin_with_distance_loss(x, x, other));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.triplet_margin_with_distance_loss(x, x, x, margin: 0));
        Assert.Throws<ShapeException>(() => F.multi_margin_loss(x, F.zeros([4], DType.Int64)));
        Assert.Throws<DTypeException>(() => F.multi_margin_loss(x, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.multi_margin_loss(x, F.zeros([3], DType.Int64), p: 3));
        Assert.Throws<ShapeException>(() => F.multi_margin_loss(x, F.zeros([3], DType.Int64), weight: Make.Positive([3])));
        Assert.Throws<NativeOpException>(() => F.multi_margin_loss(x, F.full([3], 4, DType.Int64)));
        Assert.Throws<ShapeException>(() => F.multilabel_margin_loss(x, F.zeros([3], DType.Int64)));
        Assert.Throws<NativeOpException>(() => F.multilabel_margin_loss(x, F.full([3, 4], 4, DType.Int64)));
        Assert.Throws<ShapeException>(() => F.multilabel_soft_margin_loss(x, Make.Real([3])));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Brachy.NN.MSELoss((Reduction)7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Brachy.NN.CrossEntropyLoss(labelSmoothing: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Brachy.NN.HuberLoss(delta: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Brachy.NN.TripletMarginLoss(margin: -1));
    }

    private static Tensor[] Pair() => [Make.Real([3, 4]), Make.Real([3, 4], seed: 5)];

    private static Tensor[] Triple() => [.. Pair(), Make.Real([3, 4], seed: 6)];

    private static Tensor[] Kinks() => [Make.Values([5], -1, 0, 1, 2, -2), Make.Values([5], 0, 0, 0, 0, 0)];

    private static Tensor[] LogProbabilities() => [F.log_softmax(Make.Real([3, 4]), 1), F.softmax(Make.Real([3, 4], seed: 5), 1)];

    private static Tensor[] Counts() => [Make.Positive([3, 4]), Make.Integers([3, 4], 0, 6).to(DType.Float64)];

    private static Tensor[] Probabilities() => [.. Pair().Select(F.sigmoid)];

    private static Tensor[] Scores() => [Make.Real([3, 4]), F.sigmoid(Make.Real([3, 4], seed: 5))];

    private static Tensor[] Signed() => [Make.Real([3, 4]), Signs(3, 4)];

    private static Tensor Signs(params long[] shape) => F.sign(Make.Real(shape, seed: 8));

    private static torch.nn.Reduction Theirs(Reduction reduction) => reduction switch
    {
        Reduction.None => torch.nn.Reduction.None,
        Reduction.Mean => torch.nn.Reduction.Mean,
        _ => torch.nn.Reduction.Sum,
    };
}
