using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>Losses of operands that broadcast are those of the expanded ones, with their gradients.</summary>
public class LossBroadcastTests
{
    private static readonly Dictionary<string, (long[][] Shapes, Func<Tensor[], Reduction, Tensor> Loss)> s_cases = new()
    {
        ["mse_loss of rows"] = ([[3, 4], [4]], (x, r) => F.mse_loss(x[0], x[1], r)),
        ["l1_loss of columns"] = ([[3, 4], [3, 1]], (x, r) => F.l1_loss(x[0], x[1], r)),
        ["smooth_l1_loss of a number"] = ([[3, 4], []], (x, r) => F.smooth_l1_loss(x[0], x[1], r)),
        ["huber_loss of one prediction"] = ([[4], [3, 4]], (x, r) => F.huber_loss(x[0], x[1], r)),
        ["kl_div"] = ([[3, 1], [4]], (x, r) => F.kl_div(x[0], F.abs(x[1]), r)),
        ["poisson_nll_loss"] = ([[3, 4], [3, 1]], (x, r) => F.poisson_nll_loss(x[0], x[1], reduction: r)),
        ["gaussian_nll_loss"] = ([[3, 4], [4], [3, 1]], (x, r) => F.gaussian_nll_loss(x[0], x[1], F.square(x[2]), reduction: r)),
        ["gaussian_nll_loss, one row of variances"] = (
            [[3, 4], [3, 4], [1, 4]], (x, r) => F.gaussian_nll_loss(x[0], x[1], F.square(x[2]), reduction: r)),
        ["gaussian_nll_loss of a larger target"] = (
            [[3, 1], [3, 4], [3, 1]], (x, r) => F.gaussian_nll_loss(x[0], x[1], F.square(x[2]), reduction: r)),
        ["soft_margin_loss"] = ([[3, 4], [4]], (x, r) => F.soft_margin_loss(x[0], F.sign(x[1]), r)),
        ["hinge_embedding_loss"] = ([[3, 4], [3, 1]], (x, r) => F.hinge_embedding_loss(x[0], F.sign(x[1]), 1, r)),
        ["margin_ranking_loss"] = ([[3, 4], [3, 1], [1, 4]], (x, r) => F.margin_ranking_loss(x[0], x[1], F.sign(x[2]), 0.3, r)),
        ["cosine_embedding_loss"] = ([[3, 4], [1, 4]], (x, r) => F.cosine_embedding_loss(x[0], x[1], F.tensor([1.0, -1, 1]), -0.5, r)),
        ["triplet_margin_loss"] = ([[3, 4], [1, 4], [3, 1]], (x, r) => F.triplet_margin_loss(x[0], x[1], x[2], 3, reduction: r)),
        ["triplet_margin_with_distance_loss"] = (
            [[3, 4], [1, 4], [3, 4]], (x, r) => F.triplet_margin_with_distance_loss(x[0], x[1], x[2], margin: 3, reduction: r)),
        ["multilabel_soft_margin_loss"] = ([[3, 4], [4]], (x, r) => F.multilabel_soft_margin_loss(x[0], x[1], reduction: r)),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void OperandsBroadcast(string name)
    {
        var (shapes, loss) = s_cases[name];
        var inputs = shapes.Select((shape, i) => Make.Real(shape, seed: 3 + i)).ToArray();
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            var (expected, expectedGradients) = Differentiated(x => loss([.. x.Select(t => F.expand(t, 3, 4))], reduction), inputs);
            var (actual, gradients) = Differentiated(x => loss(x, reduction), inputs);
            OpCheck.AssertClose(expected, actual, 1e-12, $"{name}, {reduction}");
            for (var i = 0; i < inputs.Length; i++)
            {
                OpCheck.AssertClose(expectedGradients[i], gradients[i], 1e-12, $"{name}, {reduction}, gradient {i}");
            }
        }
    }

    [Fact]
    public void MatricesOfDifferencesAreRefused()
    {
        var (column, row) = (Make.Real([3, 1]), Make.Real([4]));
        foreach (var loss in new Func<Tensor>[]
        {
            () => F.mse_loss(column, row), () => F.l1_loss(row, column), () => F.smooth_l1_loss(column, row),
            () => F.huber_loss(column, row)
        })
        {
            Assert.Contains("[3, 4]", Assert.Throws<ShapeException>(loss).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CrossEntropyIsSoftmaxCrossEntropyWithClassesSecond()
    {
        var (x, weight) = (Make.Real([2, 4, 3]), Make.Positive([4]));
        var targets = Make.Integers([2, 3], 0, 4);
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            OpCheck.AssertClose(
                F.softmax_cross_entropy(F.transpose(x, 1, 2), targets, weight, 1, reduction, 0.2, axis: -1),
                F.cross_entropy(x, targets, weight, 1, reduction, 0.2), 1e-12, "numbers");
            var wanted = F.softmax(Make.Real([2, 4, 3], seed: 5), 1);
            OpCheck.AssertClose(
                F.softmax_cross_entropy(F.transpose(x, 1, 2), F.transpose(wanted, 1, 2), weight, -100, reduction, 0.2, axis: -1),
                F.cross_entropy(x, wanted, weight, reduction: reduction, label_smoothing: 0.2), 1e-12, "probabilities");
        }

        Assert.Equal(Math.Log(4), F.cross_entropy(F.zeros([4], DType.Float64), Samples.Given.Whole([1])).item<double>(), 1e-12);
        Assert.Contains(
            "cross_entropy: target", Assert.Throws<ShapeException>(() => F.cross_entropy(x, targets[0])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "label_smoothing", Assert.Throws<ArgumentOutOfRangeException>(() => F.cross_entropy(x, targets, label_smoothing: 2)).Message,
            StringComparison.Ordinal);
        Assert.Equal("input", Assert.Throws<ArgumentNullException>(() => F.cross_entropy(null!, targets)).ParamName);
    }

    private static (Tensor Value, Tensor[] Gradients) Differentiated(Func<Tensor[], Tensor> function, Tensor[] inputs)
    {
        var (y, gradients) = Pullback.Differentiate(inputs, function, y => ([y], [Make.Real(y.shape, seed: 17)]));
        return (y, [.. gradients.Select((g, i) => g ?? F.zeros_like(inputs[i]))]);
    }
}
