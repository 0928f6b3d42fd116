using Brachy.Modules;

namespace Brachy.Tests.Trees;

/// <summary>A module of seven arguments, with a result of eight.</summary>
[Module]
public partial class ManyInputs
{
    [Param] public partial Tensor Scale { get; set; }

    public ManyInputs() => Scale = F.full([2], 3.0);

    public (Tensor, Tensor, Tensor, string, Tensor, Tensor, int, Tensor Sum) Forward(
        Tensor a, Tensor b, Tensor? c, string mode, Tensor e, bool flag, Tensor g) =>
        (a * Scale, b * Scale, c is null ? a : c * Scale, mode, e, g, flag ? 1 : 0, (a + b + e + g) * Scale);
}

/// <summary>A module without arguments.</summary>
[Module]
public partial class NoInputs
{
    [Param] public partial Tensor Scale { get; set; }

    public NoInputs() => Scale = F.full([2], 3.0);

    public Tensor Forward() => Scale * 2;
}

/// <summary>Tuples of more than five are taken apart, of any length, as results and as inputs of modules.</summary>
[Trait("Category", "Quick")]
public class LongTupleTests
{
    private static readonly Tensor[] s_x = [.. Enumerable.Range(0, 10).Select(i => F.full([2], (double)i).to(DType.Float32))];

    [Fact]
    public void ResultsOfAnyLength()
    {
        var six = Jit.Compile((Tensor x) => (x, x + 1, x + 2, "3", x + 4, x + 5)).Invoke(s_x[0]);
        Assert.Equal((2, "3", 5), ((double)six.Item3[0], six.Item4, (double)six.Item6[0]));
        var seven = Jit.Compile((Tensor x) => (x, x + 1, x + 2, 3, x + 4, x + 5, x + 6)).Invoke(s_x[0]);
        Assert.Equal((3, 6), (seven.Item4, (double)seven.Item7[0]));
        var eight = Jit.Compile((Tensor x) => (x, x + 1, x + 2, x + 3, x + 4, x + 5, x + 6, "7")).Invoke(s_x[0]);
        Assert.Equal((6, "7"), ((double)eight.Item7[0], eight.Item8));
        var many = Jit.Compile((Tensor x) => (x, 1, x + 2, 3, x + 4, 5, x + 6, 7, x + 8, 9, x + 10, 11, x + 12, 13, x + 14, 15)).Invoke(
            s_x[0]);
        Assert.Equal(
            (6, 7, 8, 13, 14, 15),
            ((double)many.Item7[0], many.Item8, (double)many.Item9[0], many.Item14, (double)many.Item15[0], many.Item16));
        var statics = Static.Lift(Jit.Transform).Of((Tensor x) => (x, 1, 2, 3, 4, 5, 6, x, new List<int> { 8 }), staticReturns: [1, 8]);
        Assert.Equal([8], statics(s_x[0]).Item9);
        Assert.Throws<ArgumentException>(
            () => Static.Lift(Jit.Transform).Of((Tensor x) => (x, 1, 2, 3, 4, 5, 6, x, 8), staticReturns: [7]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AModuleOfSevenArgumentsInHalfPrecisionWithGradients(bool compiled)
    {
        var (model, config) = new ManyInputs();
        model = MixedPrecision.Cast(model);
        var types = new List<DType>();
        Func<StructureTree, Tensor, (StructureTree, Tensor, string)> step = (m, x) =>
        {
            (m, var y) = ManyInputs.Apply(m, config, x, s_x[2], null, "mode", s_x[4], true, s_x[6]);
            types.AddRange([y.Item1.dtype, y.Item3.dtype, y.Sum.dtype]);
            return (m, (y.Sum * y.Item1 + y.Item7).sum(), y.Item4);
        };
        Func<StructureTree, Tensor, ((StructureTree, Tensor Loss, string Mode) Value, StructureTree Grads)> both = (m, x) =>
            Grad.TreeValueAndGrad<(StructureTree, Tensor, string)>(t => step(t, x), r => r.Item2)(m);
        var ((_, loss, mode), grads) = compiled ? Static.Lift(Jit.Transform).Of(both)(model, s_x[1]) : both(model, s_x[1]);

        // Σ over two elements of (1 + 2 + 4 + 6) s · s + 1 with s = 3, all exact in bfloat16.
        Assert.Equal((2 * ((13 * 9) + 1), "mode"), ((double)loss, mode));
        Assert.Equal([2 * 13 * 3f, 2 * 13 * 3], grads.Params["scale"].Tensor.ToArray<float>());
        Assert.All(types, type => Assert.Equal(DType.Float32, type));
        var inner = ManyInputs.Apply(
            model, config, s_x[1], s_x[2], s_x[3], "", s_x[4], false, F.full([2], 1.0039).to(DType.Float32)).Output;
        Assert.Equal(1, (double)inner.Item6[0]);
        Assert.Equal(9, (double)ManyInputs.JitApply(model, config, s_x[1], s_x[2], s_x[3], "", s_x[4], false, s_x[5]).Output.Item3[0]);
    }

    [Fact]
    public void AModuleWithoutArgumentsInHalfPrecision()
    {
        var (model, config) = new NoInputs();
        Assert.Equal(6, (double)NoInputs.Apply(MixedPrecision.Cast(model), config).Output[0]);
    }
}
