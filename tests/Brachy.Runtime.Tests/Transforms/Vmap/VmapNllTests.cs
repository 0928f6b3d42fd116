using Brachy.Extending;
using Brachy.Tests.Ops;
using TorchSharp;

namespace Brachy.Tests.Transforms;

/// <summary>Batches of class losses use libtorch's kernel once, and are what torch.nn.functional computes sample by sample.</summary>
[Trait("Category", "Quick")]
public class VmapNllTests
{
    private const int Samples = 3;
    private const int Classes = 4;

    public static TheoryData<string, bool, bool, long, Reduction, DType> Rows
    {
        get
        {
            var rows = new TheoryData<string, bool, bool, long, Reduction, DType>();
            foreach (var shape in new[] { "5 4", "1 4", "2 4 3", "2 4 3 2" })
            {
                foreach (var (ownLogits, ownTarget) in new[] { (true, true), (true, false), (false, true) })
                {
                    foreach (var reduction in Enum.GetValues<Reduction>())
                    {
                        rows.Add(shape, ownLogits, ownTarget, -100, reduction, DType.Float64);
                        rows.Add(shape, ownLogits, ownTarget, 1, reduction, DType.Float64);
                    }
                }

                rows.Add(shape, true, false, 1, Reduction.Mean, DType.Float32);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void LossesAndGradientsAreThoseOfEachSample(
        string shape, bool ownLogits, bool ownTarget, long ignored, Reduction reduction, DType dtype)
    {
        long[] sizes = [.. shape.Split(' ').Select(long.Parse)];
        Shape targetShape = Shapes.Reduce(sizes, [1], keepdim: false);
        var logits = Make.Real(ownLogits ? [Samples, .. sizes] : sizes, dtype, 3);
        var target = Make.Of(ownTarget ? [Samples, .. targetShape] : targetShape, DType.Int64, i => ((i * 3) + 1) % Classes);
        var outer = Make.Real(reduction == Reduction.None ? [Samples, .. targetShape] : [Samples], dtype, 5);
        Tensor Loss(Tensor x, Tensor t) => F.softmax_cross_entropy(x, t, null, ignored, reduction, axis: 1);
        var batch = Vmap.Of((Func<Tensor, Tensor, Tensor>)Loss, inAxes: [ownLogits ? 0 : null, ownTarget ? 0 : null]);
        var ofSamples = Vmap.Of(
            (Tensor x, Tensor t, Tensor g) => Grad.Of((Tensor y) => F.sum(Loss(y, t) * g))(x),
            inAxes: [ownLogits ? 0 : null, ownTarget ? 0 : null, 0]);
        var losses = new[] { batch(logits, target), Jit.Compile(batch).Invoke(logits, target) };
        var gradients = new[] { ofSamples(logits, target, outer), Jit.Compile(ofSamples).Invoke(logits, target, outer) };
        var tolerance = dtype == DType.Float64 ? 1e-10 : 1e-5;
        for (var i = 0; i < Samples; i++)
        {
            using var leaf = (ownLogits ? logits[i] : logits).AsTorch().clone().requires_grad_();
            var expected = torch.nn.functional.cross_entropy(
                leaf, (ownTarget ? target[i] : target).AsTorch(), null, ignored, Theirs(reduction));
            Assert.All(losses, loss => OpCheck.AssertClose(expected.detach(), loss[i], tolerance, $"loss {i}"));
            (expected * outer[i].AsTorch()).sum().backward();
            Assert.All(gradients, gradient => OpCheck.AssertClose(
                torch.nan_to_num(leaf.grad!), gradient[i], tolerance, $"gradient {i}"));
        }
    }

    [Theory]
    [InlineData(Reduction.None)]
    [InlineData(Reduction.Mean)]
    [InlineData(Reduction.Sum)]
    public void OneKernelComputesTheBatch(Reduction reduction)
    {
        using var trace = Trace.BeginGraph("a batch");
        var x = trace.Argument(new TensorType([Samples, 5, Classes], DType.Float32), "x");
        var target = trace.Argument(new TensorType([5], DType.Int64), "target");
        _ = Vmap.Of((Tensor own) => Grad.Of((Tensor y) => F.sum(F.nll_loss(y, target, reduction: reduction)))(own))(x);
        Assert.Equal(1, trace.Ops.Count(op => op.Primitive == F.NllLossForward));
        Assert.Equal(1, trace.Ops.Count(op => op.Primitive == F.NllLossBackward));
        Assert.DoesNotContain(trace.Ops, op => op.Primitive == F.Gather || op.Primitive == F.Scatter);
    }

    private static torch.nn.Reduction Theirs(Reduction reduction) => reduction switch
    {
        Reduction.None => torch.nn.Reduction.None,
        Reduction.Mean => torch.nn.Reduction.Mean,
        _ => torch.nn.Reduction.Sum,
    };
}
