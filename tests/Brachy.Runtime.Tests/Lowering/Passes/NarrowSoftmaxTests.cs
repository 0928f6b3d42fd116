using Brachy.Compilation;
using Brachy.Tests.Ops;
using TorchSharp;

namespace Brachy.Tests.Lowering.Passes;

/// <summary>Softmax over many short rows gives what torch.nn.functional gives for the rows, and their gradients.</summary>
[Trait("Category", "Quick")]
public class NarrowSoftmaxTests
{
    public static TheoryData<string, DType, bool> Rows
    {
        get
        {
            var rows = new TheoryData<string, DType, bool>();
            foreach (var isLog in new[] { false, true })
            {
                foreach (var shape in new[] { "64 2", "64 15", "4 16 3", "2 1 40 7", "70 1", "9 9 5" })
                {
                    rows.Add(shape, DType.Float32, isLog);
                    rows.Add(shape, DType.Float64, isLog);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void ValuesAndGradientsAreThoseOfTheRows(string shape, DType dtype, bool isLog)
    {
        var x = Make.Real([.. shape.Split(' ').Select(long.Parse)], dtype, 3);
        var factor = Make.Real(x.shape, dtype, 4);
        Tensor Function(Tensor y) => (isLog ? F.log_softmax(y * 2, -1) : F.softmax(y * 2, -1)) * factor;
        using var leaf = x.AsTorch().clone().requires_grad_();
        var scaled = leaf * 2;
        var expected = (isLog ? torch.nn.functional.log_softmax(scaled, -1) : torch.nn.functional.softmax(scaled, -1)) * factor.AsTorch();
        expected.sum().backward();
        var tolerance = 8 * OpCheck.Rounding(dtype);
        foreach (var backend in new[] { Backend.TorchScript, Backend.VectorCode })
        {
            OpCheck.AssertClose(
                expected.detach(), Jit.Compile((Func<Tensor, Tensor>)Function, backend: backend).Invoke(x), tolerance, $"{backend}");
        }

        var gradient = Jit.Compile(Grad.Of((Tensor y) => F.sum(Function(y))));
        OpCheck.AssertClose(leaf.grad!, gradient.Invoke(x), tolerance, "gradient");
    }

    [Fact]
    public void NumbersThatAreNotFiniteStayInTheirRows()
    {
        var values = new float[64 * 3];
        (values[0], values[4], values[8], values[9], values[10], values[11]) =
            (float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, 1e30f, -1e30f);
        var x = Tensor.FromArray(values, [64, 3]);
        var compiled = Jit.Compile((Tensor y) => F.log_softmax(y, 1) + 1);
        OpCheck.AssertClose(torch.nn.functional.log_softmax(x.AsTorch(), 1) + 1, compiled.Invoke(x), 1e-6, "values");
    }
}
