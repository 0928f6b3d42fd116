namespace Brachy.Tests.Transforms;

public class StopGradientTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 0.5, 1.5, -2.0 });

    [Fact]
    public void ATensorIsAConstantInEveryOrder()
    {
        // d/dx of x² with one factor stopped is x, and the second derivative 1.
        var first = Grad.Of((Tensor x) => (x * Grad.StopGradient(x)).sum());
        Assert.Equal(s_x.ToArray<double>(), first(s_x).ToArray<double>());
        var second = Grad.Of((Tensor x) => Grad.Of((Tensor y) => (y * y * Grad.StopGradient(y)).sum())(x).sum());

        // 2 y · stop(y), whose derivative by y is 2 stop(y): the inner stop holds for the outer derivative too.
        Assert.Equal([1, 3, -4], second(s_x).ToArray<double>());
        Assert.Equal([1, 3, -4], Jit.Compile(second).Invoke(s_x).ToArray<double>());
    }

    [Fact]
    public void EveryPartOfAStructureIsStopped()
    {
        var f = Grad.Of((Tensor x) =>
        {
            var tree = new StructureTree
            {
                Params = { ["w"] = x * 2 },
                Submodules = { ["inner"] = new StructureTree { Buffers = { ["b"] = x * 3 } } }
            };
            var (first, second) = Grad.StopGradient((x * 4, tree));
            var list = Grad.StopGradient(new List<Tensor> { x * 5 });
            var record = Grad.StopGradient(new Weights(x * 6, x * 7, "name"));
            Assert.Equal("name", record.Name);
            return (x * (first + second.Params["w"].Tensor + second.Submodules["inner"].Buffers["b"].Tensor + list[0] + record.W
                + record.B)).sum();
        });
        var expected = s_x.ToArray<double>().Select(v => 27 * v).ToArray();
        Assert.Equal(expected, f(s_x).ToArray<double>());
        Assert.Equal(expected, Jit.Compile(f).Invoke(s_x).ToArray<double>());
    }

    [Fact]
    public void OutsideAGradientTheTensorsAreTheSameAndTheTreeIsAnother()
    {
        var tree = new StructureTree { Params = { ["w"] = s_x } };
        StructureTree stopped;
        using (TensorScope.Begin())
        {
            stopped = Grad.StopGradient(tree);
        }

        stopped.Params["v"] = s_x;
        Assert.Same(s_x, stopped.Params["w"].Tensor);
        Assert.Equal(["w"], tree.Params.Keys);
    }

    [Fact]
    public void CompiledCodeHasNoTraceOfIt()
    {
        var f = Jit.Compile((Tensor x) => Grad.StopGradient((x, x + 1)).Item2 * 2);
        Assert.Equal([3, 5, -2], f.Invoke(s_x).ToArray<double>());
        Assert.Equal(["add", "mul"], f.Graph!.Equations.Select(e => e.Primitive.Name));
    }
}
