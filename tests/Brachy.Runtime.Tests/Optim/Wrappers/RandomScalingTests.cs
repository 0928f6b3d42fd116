using Brachy.Optim;

namespace Brachy.Tests.Optim;

public class RandomScalingTests
{
    [Theory]
    [InlineData(RandomScale.Uniform)]
    [InlineData(RandomScale.Exponential)]
    public void UpdatesAreThoseOfThePaper(RandomScale distribution)
    {
        const double Lr = 0.1;
        var (model, config, x, y) = ToyTraining.Make();
        var key = Rng.Seed(7);
        var (opt, optConfig) = new RandomScaling(new SGD(model, Lr), model, distribution, key);
        var (truth, handed) = (model.GetParams(), model);
        for (var i = 0; i < 10; i++)
        {
            var (_, grads) = Grad.TreeValueAndGrad<(StructureTree, Tensor Loss)>(
                m => ToyTraining.Loss(m, config, x, y), r => r.Loss)(handed);
            var keys = Rng.Split(key);
            key = keys[0];
            var u = (double)Rng.Uniform([], DType.Float32, keys[1]);
            var s = distribution == RandomScale.Uniform ? u : -Math.Log(1 - u);
            var start = distribution == RandomScale.Uniform ? truth : handed.GetParams();
            truth = TreePairing.Combine((p, g) => p - (Lr * g[0]), start, grads);
            handed = handed.WithParams(TreePairing.Combine((to, from) => from[0] + (s * (to - from[0])), truth, start));

            (opt, model, _) = ToyTraining.Step(opt, optConfig, model, config, x, y);
            ToyTraining.AssertClose(handed.GetParams(), model.GetParams(), 1e-6);
            if (distribution == RandomScale.Uniform)
            {
                ToyTraining.AssertClose(truth, RandomScaling.TrueModel(opt, model).GetParams(), 1e-6);
            }
        }
    }

    [Fact]
    public void ExponentialFactorsHaveMeanOneAndUniformOnesOneHalf()
    {
        foreach (var (distribution, mean) in new[] { (RandomScale.Exponential, 1.0), (RandomScale.Uniform, 0.5) })
        {
            var model = new StructureTree { Params = { ["w"] = F.zeros([], DType.Float64) } };
            var (opt, config) = new RandomScaling(new SGD(model, lr: 1), model, distribution, Rng.Seed(1));
            var step = Jit.Compile(
                (StructureTree o, GlobalConfig c, StructureTree m) => Optimizer.Step(o, c, m, t => (t, t.Params["w"].Tensor)));
            var sum = 0.0;
            for (var i = 0; i < 2000; i++)
            {
                var before = distribution == RandomScale.Uniform ? -i : (double)model.Params["w"].Tensor;
                (opt, model, _) = step.Invoke(opt, config, model);
                sum += before - (double)model.Params["w"].Tensor;
            }

            Assert.InRange(sum / 2000, 0.93 * mean, 1.07 * mean);
        }
    }
}
