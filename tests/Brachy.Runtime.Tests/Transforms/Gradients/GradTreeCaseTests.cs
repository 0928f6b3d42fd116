using Brachy.Optim;

namespace Brachy.Tests.Transforms;

/// <summary>Gradients of trees with unusual contents, and arguments that have none.</summary>
public class GradTreeCaseTests
{
    public static TheoryData<string> Ways => ["default", "loss", "split", "two arguments", "state", "compiled"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void AWeightThatIsAParamAndABufferHasOneGradient(string way)
    {
        // The derivative of w · b with b = w is 2 w.
        var tree = Tied();
        Tensor Loss(StructureTree m) => m["w"].Tensor * m["below.b"].Tensor;
        var gradient = way switch
        {
            "default" => Grad.TreeValueAndGrad(m => Loss(m)),
            "loss" => Grad.TreeValueAndGrad(m => (m, Loss(m)), r => r.Item2) is var f ? m => (default!, f(m).Grads) : null!,
            "split" => Grad.TreeValueAndGrad((StructureTree m) => Loss(m), split: m => m.Partition("w")),
            "two arguments" => m => (default!, Grad.TreeValueAndGrad((StructureTree t, int _) => Loss(t))(m, 0).Grads),
            "state" => m => (default!, Grad.StateValueAndGrad((StructureTree s) => (s, Loss(s)))(m).Grads),
            _ => new Func<StructureTree, (Tensor, StructureTree)>(
                m => (default!, Jit.Compile((StructureTree t) => Grad.TreeValueAndGrad(x => Loss(x))(t).Grads).Invoke(m))),
        };
        Assert.Equal(4, (double)gradient(tree).Item2["w"].Tensor);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ATrainingStepKeepsAParamAndABufferTied(bool compiled)
    {
        var (tree, (optimizer, config)) = (Tied(), new SGD(Tied(), lr: 0.25));
        var step = (StructureTree o, StructureTree m) => Optimizer.Step(o, config, m, t => (t, t["w"].Tensor * t["below.b"].Tensor));
        var (_, next, _) =
            compiled ? Jit.Compile((StructureTree o, StructureTree m) => step(o, m)).Invoke(optimizer, tree) : step(optimizer, tree);
        Assert.Equal(1, (double)next["w"].Tensor);
        Assert.Same(next["w"].Tensor, next["below.b"].Tensor);
    }

    [Fact]
    public void GradientsInATreeOutliveAScope()
    {
        var tree = new StructureTree { Params = { ["w"] = F.tensor(3.0) } };
        var grads = new List<StructureTree>();
        using (TensorScope.Begin())
        {
            grads.Add(Grad.TreeValueAndGrad((StructureTree t) => t["w"].Tensor.square())(tree).Grads);
            grads.Add(Grad.TreeValueAndGrad((StructureTree t) => (t, t["w"].Tensor.square()), r => r.Item2)(tree).Grads);
            grads.Add(Grad.Of((StructureTree t) => t["w"].Tensor.square())(tree));
            grads.Add(Grad.ValueAndGrad((StructureTree t, Tensor x) => t["w"].Tensor.square() * x)(tree, F.tensor(1.0)).Grads.Item1);
        }

        Assert.All(grads, g => Assert.Equal(6, (double)g["w"].Tensor));
    }

    [Theory]
    [InlineData("shape")]
    [InlineData("type")]
    public void ASplitGivesWhatTheTreeHas(string what)
    {
        var tree = new StructureTree { Params = { ["w"] = F.ones([3]) } };
        var gradient = Grad.TreeValueAndGrad(
            (StructureTree t) => t["w"].Tensor.sum(),
            split: t => (t.MapParamsBuffers((_, x) => what == "shape" ? x[..2] : x.to(DType.Float64)), t));
        var message = Assert.Throws<DifferentiationException>(() => gradient(tree)).Message;
        Assert.Equal(1, (float)Grad.TreeValueAndGrad(
            (StructureTree t) => t["w"].Tensor.sum(), split: t => (t.MapParamsBuffers((_, x) => x * 2), t))(tree).Grads["w"].Tensor[0]);
        Assert.Contains(
            what == "shape" ? "float32[2] at 'w', where the tree has float32[3]" : "float64[3] at 'w'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void IntegersHaveNoGradient()
    {
        var (x, n) = (F.tensor(2.0), F.tensor(3L));
        var message = Assert.Throws<DifferentiationException>(
            () => Grad.ValueAndGrad((Tensor a, Tensor b) => a * b, argnums: [0, 1])(x, n)).Message;
        Assert.Contains("Argument 1 ", message, StringComparison.Ordinal);
        Assert.Contains("int64[]", message, StringComparison.Ordinal);
        Assert.Throws<DifferentiationException>(() => Grad.Of((Tensor b) => x * b)(n));
        Assert.Throws<DifferentiationException>(() => Grad.Of((Tensor[] b) => x * b[0])([n]));
        Assert.Throws<DifferentiationException>(() => Jit.Compile(Grad.Of((Tensor b) => x * b)).Invoke(n));
        Assert.Contains(
            "an int", Assert.Throws<DifferentiationException>(
                () => Grad.ValueAndGrad((Tensor a, int b) => a * b, argnums: [1])(x, 3)).Message, StringComparison.Ordinal);
        Assert.Equal(
            (3, 0), Grad.ValueAndGrad((Tensor a, Tensor[] b) => a * b[0], argnums: [0, 1])(x, [n.to(DType.Float64), n]).Grads is var (a, b)
                ? ((double)a, (long)b[1])
                : default);
    }

    private static StructureTree Tied()
    {
        var weight = F.tensor(2.0);
        return new() { Params = { ["w"] = weight }, Submodules = { ["below"] = new() { Buffers = { ["b"] = weight } } } };
    }
}
