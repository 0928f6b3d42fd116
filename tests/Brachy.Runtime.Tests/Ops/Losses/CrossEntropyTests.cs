using Brachy.Extending;
using Brachy.Tests.Ops.Samples;
using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Compares values and gradients of the cross entropy with torch.nn.functional.cross_entropy.</summary>
[Trait("Category", "Quick")]
public class CrossEntropyTests
{
    public static TheoryData<string, bool, long, Reduction, double> Rows
    {
        get
        {
            var rows = new TheoryData<string, bool, long, Reduction, double>();
            foreach (var shape in new[] { "5 4", "4", "2 4 3", "2 4 3 2", "2 4 2 1 3" })
            {
                foreach (var weighted in new[] { false, true })
                {
                    foreach (var ignored in new[] { -100L, 2 })
                    {
                        foreach (var reduction in Enum.GetValues<Reduction>())
                        {
                            rows.Add(shape, weighted, ignored, reduction, 0);
                            rows.Add(shape, weighted, ignored, reduction, 0.1);
                        }
                    }
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void ClassNumbers(string shape, bool weighted, long ignored, Reduction reduction, double smoothing)
    {
        var (logits, weight, axis) = Operands(shape, weighted);
        var targetShape = Shapes.Reduce(logits.shape, [axis], keepdim: false);
        var targets = Make.Of(targetShape, DType.Int64, i => (i * 3 + 1) % 4);
        Compare(logits, targets, weight, ignored, reduction, smoothing, axis);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Probabilities(string shape, bool weighted, long ignored, Reduction reduction, double smoothing)
    {
        var (logits, weight, axis) = Operands(shape, weighted);
        Compare(
            logits, F.softmax(Make.Real(logits.shape, seed: 8), axis), weight, ignored, reduction, smoothing, axis, isProbability: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(-1)]
    public void AnyDimCanBeTheClassDim(int axis)
    {
        var logits = Make.Real([4, 4, 4]);
        var targets = Make.Integers([4, 4], 0, 4);
        var first = F.movedim(logits, axis, 1);
        OpCheck.AssertClose(
            F.softmax_cross_entropy(first, targets, reduction: Reduction.None, axis: 1),
            F.softmax_cross_entropy(logits, targets, reduction: Reduction.None, axis: axis), 1e-12, $"axis {axis}");
    }

    [Fact]
    public void IgnoringEveryTargetGivesAMeanOfNaNAndNoGradient()
    {
        var targets = Given.Whole([-100, -100], 2);
        var (loss, g) = Pullback.Differentiate(
            [Make.Real([2, 3])], x => F.softmax_cross_entropy(x[0], targets), y => ([y], [Given.Scalar(1)]));
        Assert.True(double.IsNaN(loss.item<double>()));
        Assert.All(g[0]!.ToArray<double>(), v => Assert.Equal(0, v));
    }

    [Fact]
    public void TheHotPathIsTwoOpsForwardAndTwoBackward()
    {
        using var trace = Trace.BeginGraph("test");
        var x = trace.Argument(new TensorType([5, 4], DType.Float32), "x");
        var t = trace.Argument(new TensorType([5], DType.Int64), "t");
        var g = trace.Argument(new TensorType([], DType.Float32), "g");
        Pullback.Differentiate([x], a => F.softmax_cross_entropy(a[0], t), y => ([y], [g]));
        Assert.Equal(
            ["alias", "log_softmax", "nll_loss_forward", "nll_loss_backward", "log_softmax_backward"],
            trace.Ops.Select(op => op.Primitive.Name));
    }

    [Fact]
    public void TargetsOfAnyIntegerTypeAreClassNumbers()
    {
        var logits = Make.Real([3, 4]);
        var targets = Given.Whole([3, 0, 1], 3);
        OpCheck.AssertClose(F.softmax_cross_entropy(logits, targets), F.softmax_cross_entropy(logits, targets.to(DType.UInt8)), 0, "uint8");
    }

    [Fact]
    public void TheClassDimIsThatOfTorchByDefault()
    {
        var images = Make.Real([2, 4, 3]);
        var targets = Make.Integers([2, 3], 0, 4);
        OpCheck.AssertClose(
            F.softmax_cross_entropy(images, targets, axis: 1), F.softmax_cross_entropy(images, targets), 1e-12, "three dims");
        OpCheck.AssertClose(
            F.softmax_cross_entropy(Make.Real([4]), Given.Whole([2]), axis: 0), F.softmax_cross_entropy(Make.Real([4]), Given.Whole([2])),
            0, "one dim");
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        var logits = Make.Real([3, 4]);
        var targets = Given.Whole([3, 0, 1], 3);
        Assert.Contains(
            "[3]", Assert.Throws<ShapeException>(() => F.softmax_cross_entropy(logits, Given.Whole([1, 2], 2))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "probabilities", Assert.Throws<ShapeException>(() => F.softmax_cross_entropy(logits, Make.Real([3]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "4 classes", Assert.Throws<ShapeException>(() => F.softmax_cross_entropy(logits, targets, Make.Real([3]))).Message,
            StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => F.softmax_cross_entropy(logits, targets, Make.Real([4], DType.Float32)));
        Assert.Throws<DTypeException>(() => F.softmax_cross_entropy(targets, Given.Whole([0])));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.softmax_cross_entropy(logits, targets, label_smoothing: 1.5));
        Assert.Throws<DifferentiationException>(() => Pullback.Differentiate(
            [Make.Positive([4])], w => F.softmax_cross_entropy(logits, targets, w[0]), y => ([y], [Given.Scalar(1)])));
    }

    [Fact]
    public void SoftmaxWithAConditionLeavesTheRestOut()
    {
        var x = Make.Real([2, 3]);
        var y = F.softmax(x, 1, Given.Flags([true, false, true, false, false, false], 2, 3));
        var expected = F.softmax(F.stack([x[0, 0], x[0, 2]]), 0);
        OpCheck.AssertClose(F.stack([expected[0], Given.Scalar(0), expected[1]]), y[0], 1e-12, "row 0");
        Assert.All(y[1].ToArray<double>(), v => Assert.Equal(0, v));
    }

    private static (Tensor Logits, Tensor? Weight, int Axis) Operands(string shape, bool weighted)
    {
        long[] sizes = [.. shape.Split(' ').Select(long.Parse)];
        return (Make.Real(sizes), weighted ? Make.Positive([4]) : null, sizes.Length == 1 ? 0 : 1);
    }

    private static void Compare(
        Tensor logits, Tensor targets, Tensor? weight, long ignored, Reduction reduction, double smoothing, int axis,
        bool isProbability = false)
    {
        using var leaf = logits.AsTorch().clone().requires_grad_();
        var expected = torch.nn.functional.cross_entropy(
            leaf, targets.AsTorch(), weight?.AsTorch(), isProbability ? -100 : ignored, Theirs(reduction), smoothing);
        var (loss, gradients) = Pullback.Differentiate(
            [logits], x => F.softmax_cross_entropy(x[0], targets, weight, ignored, reduction, smoothing, axis),
            y => ([y], [F.ones_like(y)]));
        OpCheck.AssertClose(expected.detach(), loss, 1e-10, "loss");
        expected.sum().backward();
        OpCheck.AssertClose(leaf.grad!, gradients[0]!, 1e-10, "gradient");
    }

    private static torch.nn.Reduction Theirs(Reduction reduction) => reduction switch
    {
        Reduction.None => torch.nn.Reduction.None,
        Reduction.Mean => torch.nn.Reduction.Mean,
        _ => torch.nn.Reduction.Sum,
    };
}
