using Brachy.Optim;

namespace Brachy.Tests.Optim;

/// <summary>Every optimizer against its documented formula, TorchSharp and finite differences.</summary>
public class OptimizerTableTests
{
    public static TheoryData<string> Names => [.. OptimizerSamples.All.Select(s => s.Name)];

    public static TheoryData<string> NamesInTorch => [.. OptimizerSamples.All.Where(s => s.Torch is not null).Select(s => s.Name)];

    public static TheoryData<string, string> Hyperparameters
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var sample in OptimizerSamples.All)
            {
                Array.ForEach(sample.Differentiable, path => data.Add(sample.Name, path));
            }

            return data;
        }
    }

    [Trait("Category", "Quick")]
    [Theory]
    [MemberData(nameof(Names))]
    public void FiftyStepsFollowTheFormula(string name)
    {
        using var rng = Rng.Scope(0);
        var (net, sample) = (new TrainedNet(), Sample(name));
        var expected = net.TrainByFormula(sample.Formula);
        Assert.All(expected.Values, values => Assert.All(values, v => Assert.True(double.IsFinite(v))));
        TrainedNet.AssertClose(expected, net.Train(sample.Make, compiled: false), 1e-9, "eager");
        TrainedNet.AssertClose(expected, net.Train(sample.Make, compiled: true), 1e-9, "compiled");
    }

    [Theory]
    [MemberData(nameof(NamesInTorch))]
    public void FiftyStepsFollowTorchOptim(string name)
    {
        using var rng = Rng.Scope(0);
        var (net, sample) = (new TrainedNet(), Sample(name));
        TrainedNet.AssertClose(net.TrainTorch(p => [sample.Torch!(p.Values)]), net.Train(sample.Make, compiled: true), 1e-9, "compiled");
    }

    [Theory]
    [MemberData(nameof(Hyperparameters))]
    public void TheLossAfterStepsHasADerivativeByHyperparameters(string name, string path)
    {
        using var rng = Rng.Scope(0);
        var (net, sample) = (new TrainedNet(), Sample(name));
        var (opt, optConfig) = sample.Make(net.Model);

        Tensor LossAfter(StructureTree optimizer)
        {
            var (o, m) = (optimizer, net.Model);
            for (var i = 0; i < sample.DifferentiableSteps; i++)
            {
                (o, m, _) = TrainedNet.Step(o, optConfig, m, net.Config, net.X, net.Y);
            }

            return TrainedNet.Loss(m, net.Config, net.X, net.Y).Loss;
        }

        var (_, eager) = Grad.TreeValueAndGrad(LossAfter)(opt);
        var compiled = Jit.Compile((StructureTree o) => Grad.TreeValueAndGrad(LossAfter)(o).Grads).Invoke(opt);
        double Nudged(double by) => (double)LossAfter(opt.MapParamsBuffers((p, t) => p == path ? t + by : t));
        const double H = 1e-7;
        var expected = (Nudged(H) - Nudged(-H)) / (2 * H);
        Assert.True(Math.Abs(expected) > 1e-9, $"The test is blind: the derivative by {path} is {expected}.");
        AssertClose(expected, At(eager, path), 2e-5);
        AssertClose(expected, At(compiled, path), 2e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ParamsKeepTheirElementTypes(string name)
    {
        // A hand-made model with a param of each type and rank, among them one below a list.
        var organizer = new StateOrganizer();
        organizer.RegisterParameter("wide", F.full([2, 3], 0.5, DType.Float64));
        organizer.RegisterParameter("single", F.full([], 0.5));
        organizer.RegisterParameter(
            "rest", new TreeValue[] { F.full([4], 0.5), TreeValue.None, F.full([2], 0.5, DType.BFloat16), F.zeros([0, 3]) });
        var (model, _) = organizer;
        var (opt, optConfig) = Sample(name).Make(model);
        (StructureTree, Tensor) Loss(StructureTree m) =>
            (m, m.Tensors().Aggregate(F.zeros([], DType.Float64), (sum, t) => sum + F.sum(F.square(t.Tensor.to(DType.Float64)))));
        var step = Jit.Compile((StructureTree o, StructureTree m) =>
        {
            var (newOpt, newModel, _) = Optimizer.Step(o, optConfig, m, Loss);
            return (newOpt, newModel);
        }, donate: [0, 1]);

        var (eagerOpt, eager) = (opt.MapParamsBuffers((_, t) => F.clone(t)), model.MapParamsBuffers((_, t) => F.clone(t)));
        for (var i = 0; i < 3; i++)
        {
            (opt, model) = step.Invoke(opt, model);
            (eagerOpt, eager, _) = Optimizer.Step(eagerOpt, optConfig, eager, Loss);
        }

        Assert.Equal(1, step.TraceCount);
        Assert.Equal(3, (double)opt.Buffers["step"].Tensor);
        var dtypes = new[] { DType.Float64, DType.Float32, DType.Float32, DType.BFloat16, DType.Float32 };
        Assert.Equal(dtypes, model.Tensors().Select(t => t.Tensor.dtype));
        Assert.Equal(dtypes, eager.Tensors().Select(t => t.Tensor.dtype));
        var values = model.Tensors().Select(t => t.Tensor.to(DType.Float64).ToArray<double>()).ToArray();
        Assert.All(values.Take(4), v => Assert.True(Math.Abs(v[0] - values[0][0]) < 0.02 && v[0] != 0.5, $"{v[0]} against {values[0][0]}"));
        Assert.True(Math.Abs(values[0][0] - values[1][0]) < 1e-4, "float32 and float64 part");
        Assert.All(values.Zip(eager.Tensors()), pair => Assert.All(
            pair.First.Zip(pair.Second.Tensor.to(DType.Float64).ToArray<double>()), v => Assert.Equal(v.First, v.Second, 0.005)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AModelWithoutParamsIsLeftAlone(string name)
    {
        var (opt, optConfig) = Sample(name).Make(new StructureTree());
        (opt, var model, var loss) = Optimizer.Step(opt, optConfig, new StructureTree(), m => (m, F.ones([])));
        Assert.Empty(model.Tensors());
        Assert.Equal(1, (double)loss);
        Assert.Equal(1, (double)opt.Buffers["step"].Tensor);
    }

    private static OptimizerSample Sample(string name) => OptimizerSamples.All.Single(s => s.Name == name);

    private static double At(StructureTree tree, string path) => (double)tree.Tensors().Single(t => t.Path == path).Tensor;

    private static void AssertClose(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1e-3, Math.Abs(expected)), $"expected {expected}, got {actual}");
}
