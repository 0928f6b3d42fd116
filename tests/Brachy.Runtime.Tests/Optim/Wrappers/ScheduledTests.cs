using Brachy.Optim;
using TorchSharp;
using AdamW = Brachy.Optim.AdamW;
using SGD = Brachy.Optim.SGD;

namespace Brachy.Tests.Optim;

/// <summary>Optimizers whose hyperparameters follow schedules.</summary>
public class ScheduledTests
{
    [Fact]
    public void TrainingFollowsTorchsSchedulerInOneTrace()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var expected = net.TrainTorch(p => [new WithOneCycle(torch.optim.SGD(p.Values, 0.1, momentum: 0.9), TrainedNet.Steps)]);
        var (opt, config) = new Scheduled(new SGD(net.Model, momentum: 0.9), ("lr", Schedule.OneCycle(0.5, TrainedNet.Steps)));
        var step = Jit.Compile(
            (StructureTree o, StructureTree m) => Optimizer.Step(o, config, m, c => TrainedNet.Loss(c, net.Config, net.X, net.Y)),
            donate: [0, 1]);
        var model = net.Model.MapParamsBuffers((_, t) => F.clone(t));
        for (var t = 0; t < TrainedNet.Steps; t++)
        {
            (opt, model, _) = step.Invoke(opt, model);
            Assert.Equal(
                (double)Schedule.OneCycle(0.5, TrainedNet.Steps).At(t), (double)opt.Submodules["inner"].Params["lr"].Tensor, 1e-12);
        }

        Assert.Equal(1, step.TraceCount);
        Assert.Equal(TrainedNet.Steps, (long)opt.Buffers["step"].Tensor);
        TrainedNet.AssertClose(
            expected, model.GetParams().Tensors().ToDictionary(t => t.Path, t => t.Tensor.ToArray<double>()), 1e-9, "compiled");
    }

    [Fact]
    public void SchedulesReachListsAndGroups()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var groups = new ParamGroups(net.Model, ("**.bias", m => new AdamW(m)), ("**", m => new AdamW(m)));
        var (opt, config) = new Scheduled(
            groups, ("**.lr", Schedule.Linear(1e-3, 2e-3, 10)), ("0.betas.0", 0.5), ("1.weight_decay", Schedule.Exponential(0.1, 0.5)));
        var model = net.Model;
        for (var i = 0; i < 2; i++)
        {
            (opt, model, _) = Optimizer.Step(opt, config, model, m => TrainedNet.Loss(m, net.Config, net.X, net.Y));
        }

        double At(string path) => (double)opt.Tensors().Single(t => t.Path == "inner." + path).Tensor;
        Assert.Equal(
            [1.1e-3, 1.1e-3, 0.5, 0.9, 0.05, 0.01],
            new[] { "0.lr", "1.lr", "0.betas.0", "1.betas.0", "1.weight_decay", "0.weight_decay" }.Select(p => Math.Round(At(p), 12)));
    }

    [Theory]
    [InlineData(DType.Float64)]
    [InlineData(DType.Float32)]
    public void OneScheduleSetsSeveralGroupsOfADonatedStep(DType lrType)
    {
        var (model, config, x, y) = ToyTraining.Make();
        var (opt, optConfig) = new Scheduled(
            new ParamGroups(
                model, ("hidden.**", _ => new Frozen()), ("**.bias", m => new AdamW(m, weightDecay: 0)), ("**", m => new AdamW(m))),
            ("**.lr", Schedule.CosineWithWarmup(3e-2, 3, 10)));
        opt = opt.MapParamsBuffers((path, t) => path.EndsWith(".lr", StringComparison.Ordinal) ? t.to(lrType) : t);
        var (eagerOpt, eager) = (ToyTraining.Saved(opt), ToyTraining.Saved(model));
        model = ToyTraining.Saved(model);
        var step = ToyTraining.Compile();
        for (var i = 0; i < 6; i++)
        {
            (opt, model, _) = step.Invoke(opt, optConfig, model, config, x, y);
            (eagerOpt, eager, _) = ToyTraining.Step(eagerOpt, optConfig, eager, config, x, y);
            var expected = (double)Schedule.CosineWithWarmup(3e-2, 3, 10).At(i);
            foreach (var tree in new[] { opt, eagerOpt })
            {
                Assert.Equal(expected, (double)ToyTraining.At(tree, "inner.1.lr"), 1e-8);
                Assert.Equal(expected, (double)ToyTraining.At(tree, "inner.2.lr"), 1e-8);
            }
        }

        Assert.Equal(1, step.TraceCount);
        ToyTraining.AssertClose(eager, model, 1e-9);
    }

    [Fact]
    public void AnotherScheduleIsAnotherTrace()
    {
        using var rng = Rng.Scope(0);
        var net = new TrainedNet();
        var step = Jit.Compile((StructureTree o, GlobalConfig c, StructureTree m) =>
            Optimizer.Step(o, c, m, current => TrainedNet.Loss(current, net.Config, net.X, net.Y)));
        foreach (var (lr, traces) in new[] { (0.1, 1), (0.1, 1), (0.2, 2) })
        {
            var (opt, config) = new Scheduled(new SGD(net.Model), ("lr", Schedule.Cosine(lr, 10)));
            step.Invoke(opt, config, net.Model);
            Assert.Equal(traces, step.TraceCount);
        }
    }

    [Fact]
    public void UnknownHyperparametersAreRefused()
    {
        var model = new StructureTree();
        var error = Assert.Throws<ArgumentException>(() => new Scheduled(new AdamW(model), ("learning_rate", 0.1)));
        Assert.Contains(
            "no hyperparameter \"learning_rate\"; it has lr, betas.0, betas.1, weight_decay", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new Scheduled(new AdamW(model), ("lr", 0.1), ("l*", 0.2)));
        Assert.Contains("Two schedules set 'lr'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => new Scheduled(new SGD(model), ("momentum", 0.9)));
        Assert.Contains("no hyperparameter \"momentum\"; it has lr, weight_decay", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Scheduled(new RMSprop(model), ("momentum", 0.9)));
    }

    private sealed class WithOneCycle : torch.optim.Optimizer
    {
        private readonly torch.optim.Optimizer _inner;
        private readonly torch.optim.lr_scheduler.LRScheduler _scheduler;

        public WithOneCycle(torch.optim.Optimizer inner, int steps)
            : base(0)
        {
            _inner = inner;
            _scheduler = torch.optim.lr_scheduler.OneCycleLR(inner, 0.5, steps, cycle_momentum: false);
        }

        public override torch.Tensor step(Func<torch.Tensor>? closure = null)
        {
            var loss = _inner.step(closure);
            _scheduler.step();
            return loss;
        }
    }
}
