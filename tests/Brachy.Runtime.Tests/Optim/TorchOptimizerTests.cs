using Brachy.Optim;
using TorchSharp;
using Parameter = TorchSharp.Modules.Parameter;

namespace Brachy.Tests.Optim;

/// <summary>These tests watch the memory of the process, so that none may run beside them.</summary>
[CollectionDefinition(nameof(TorchOptimizerTests), DisableParallelization = true)]
public class AloneCollection;

[Collection(nameof(TorchOptimizerTests))]
public class TorchOptimizerTests
{
    [Theory]
    [InlineData("sgd")]
    [InlineData("adamw")]
    public void ItFollowsTheOptimizerOfTheSameName(string kind)
    {
        var (model, config, x, y) = ToyTraining.Make();
        using var torchOptimizer = new TorchOptimizer(model, parameters => kind == "sgd"
            ? torch.optim.SGD(parameters, 0.05, momentum: 0.9, weight_decay: 0.1)
            : torch.optim.AdamW(parameters, 0.01, weight_decay: 0.1));
        var (opt, optConfig) =
            kind == "sgd" ? new SGD(model, 0.05, 0.9, weightDecay: 0.1) : (AnyOptimizer)new AdamW(model, 0.01, weightDecay: 0.1);
        Assert.Equal(["hidden.weight", "hidden.bias", "output.weight", "output.bias"], torchOptimizer.Paths);
        var (start, bits, expected) = (model, ToyTraining.Bits(model), model);
        for (var i = 0; i < 30; i++)
        {
            using var scope = TensorScope.Begin();
            (model, var loss) = torchOptimizer.Step(model, m => ToyTraining.Loss(m, config, x, y));
            (opt, expected, var expectedLoss) = ToyTraining.Step(opt, optConfig, expected, config, x, y);
            Assert.InRange((double)loss - (double)expectedLoss, -1e-9, 1e-9);
            if (i == 10)
            {
                // What is set by hand counts.
                model.Submodules["hidden"].Params["bias"] = F.zeros([8], DType.Float64);
                expected.Submodules["hidden"].Params["bias"] = F.zeros([8], DType.Float64);
            }
        }

        ToyTraining.AssertClose(expected, model, 1e-9);
        Assert.Equal(bits, ToyTraining.Bits(start));
    }

    [Fact]
    public void RmsPropAndLbfgsFollowTorchDirectly()
    {
        foreach (var create in new Func<IEnumerable<Parameter>, torch.optim.Optimizer>[]
        {
            parameters => torch.optim.RMSProp(parameters, 0.01, momentum: 0.5),
            parameters => torch.optim.LBFGS(parameters, lr: 0.5, max_iter: 5),
        })
        {
            var (model, config, x, y) = ToyTraining.Make();
            var direct = model.GetParams().Tensors().Select(t => new Parameter(t.Tensor.AsTorch().clone())).ToArray();
            var optimizer = create(direct);
            using var wrapped = new TorchOptimizer(model, create);
            var gradient = Jit.Compile((StructureTree m, GlobalConfig c, Tensor xs, Tensor ys) =>
            {
                var ((ran, loss), grads) = Grad.TreeValueAndGrad<(StructureTree, Tensor Loss)>(
                    t => ToyTraining.Loss(t, c, xs, ys), r => r.Loss)(m);
                return (ran, loss, grads);
            });
            for (var i = 0; i < 6; i++)
            {
                var expected = (double)(Tensor)optimizer.step(() =>
                {
                    optimizer.zero_grad();
                    var hidden = torch.tanh(torch.nn.functional.linear(x.AsTorch(), direct[0], direct[1]));
                    var loss = torch.nn.functional.cross_entropy(torch.nn.functional.linear(hidden, direct[2], direct[3]), y.AsTorch());
                    loss.backward();
                    return loss;
                });
                using var scope = TensorScope.Begin();
                (model, var actual) = i % 2 == 0
                    ? wrapped.Step(model, m => ToyTraining.Loss(m, config, x, y))
                    : wrapped.StepWithGradients(model, m => gradient.Invoke(m, config, x, y));
                Assert.InRange((double)actual - expected, -1e-8, 1e-8);
            }

            foreach (var (parameter, (_, tensor)) in direct.Zip(model.GetParams().Tensors()))
            {
                Assert.InRange((double)(tensor - Tensor.FromTorch(parameter)).abs().max(), 0, 1e-7);
            }

            Assert.InRange((long)model.Buffers["calls"].Tensor, 6, 100);
        }
    }

    [Fact]
    public void ItRefusesTracesAndOtherModels()
    {
        var (model, config, x, y) = ToyTraining.Make();
        using var optimizer = new TorchOptimizer(model, parameters => torch.optim.SGD(parameters, 0.1));
        var traced = Jit.Compile((StructureTree m) => optimizer.Step(m, t => ToyTraining.Loss(t, config, x, y)).Model);
        Assert.Contains("traced", Assert.Throws<InvalidOperationException>(() => traced.Invoke(model)).Message, StringComparison.Ordinal);
        var nested = Grad.TreeValueAndGrad(m => optimizer.Step(m, t => ToyTraining.Loss(t, config, x, y)).Loss);
        Assert.Throws<InvalidOperationException>(() => nested(model));

        var edited = model.Copy();
        edited.Submodules["hidden"].Params["extra"] = F.zeros([2], DType.Float64);
        Assert.Throws<ArgumentException>(() => optimizer.Step(edited, t => ToyTraining.Loss(t, config, x, y)));
        edited = model.Copy();
        edited.Submodules["hidden"].Params["bias"] = F.zeros([2], DType.Float64);
        Assert.Contains(
            "hidden.bias", Assert.Throws<ArgumentException>(() => optimizer.Step(edited, t => ToyTraining.Loss(t, config, x, y))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TorchOptimizer(new StructureTree(), parameters => torch.optim.SGD(parameters, 0.1)));
    }

    [Fact]
    public void StepsDoNotKeepMemory()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([500_000]) } };
        using var optimizer = new TorchOptimizer(model, parameters => torch.optim.AdamW(parameters, 0.1));
        void Steps(int n)
        {
            for (var i = 0; i < n; i++)
            {
                using var scope = TensorScope.Begin();
                (model, _) = optimizer.Step(model, m => (m, m.Params["w"].Tensor.square().mean()));
                if (i % 10 == 0)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            }
        }

        // Each step makes several tensors of 2 MB; the old model's is left to the GC.
        Steps(20);
        var before = Environment.WorkingSet;
        Steps(200);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 100L << 20);
    }
}
