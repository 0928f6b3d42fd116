using Brachy.IO;
using Brachy.Modules;
using Brachy.Optim;
using Brachy.Tests.Optim;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Tests.Checkpoints;

/// <summary>A training that is saved, loaded and continued gives the same bits as one that goes on.</summary>
public sealed class CheckpointResumeTests : IDisposable
{
    private static readonly Dictionary<string, Func<StructureTree, Module>> s_optimizers = new()
    {
        ["sgd"] = m => new SGD(m, 0.1, momentum: 0.9, nesterov: true),
        ["adamw"] = m => new AdamW(m, 0.01),
        ["rmsprop"] = m => new RMSprop(m, 0.01, momentum: 0.5),
        ["groups"] = m => new Scheduled(
            new ClipGradNorm(
                new ParamGroups(m, ((PathFilter)"**.bias" | "norm.**", p => new SGD(p, 0.1)), ("**", p => new AdamW(p, 0.01))), 0.5),
            ("**.1.lr", Schedule.CosineWithWarmup(0.02, 3, 20))),
        ["average"] = m => new ExponentialMovingAverage(new AdamW(m, 0.01), m, 0.9, biasCorrection: true),
        ["accumulation"] = m => new GradientAccumulation(new AdamW(m, 0.01), m, every: 3),
        ["random scaling"] = m => new RandomScaling(new SGD(m, 0.1), m, RandomScale.Uniform, Rng.Seed(4)),
        ["loss scaling"] = m => new LossScaling(new AdamW(m, 0.01), 1024),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, bool, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (var name in s_optimizers.Keys.Append("half precision"))
            {
                data.Add(name, true, true);
                data.Add(name, true, false);
                data.Add(name, false, true);
            }

            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void TheLossesAreTheSameBits(string name, bool compiled, bool whole)
    {
        var step = Step;
        var jitted = Jit.Compile(step, donate: [0, 2]);
        var (x, y) = Data();

        var (model, config, opt, optConfig) = Make(name);
        var straight = Train(ref opt, ref model, 9);

        var (half, _, halfOpt, _) = Make(name);
        Assert.Equal(straight[..4], Train(ref halfOpt, ref half, 4));
        Checkpoint.Save(_folder["run"], ("model", (half, config)), ("opt", (halfOpt, optConfig)), ("step", 4));
        var saved = ToyTraining.Bits(half);
        var traces = jitted.TraceCount;

        var checkpoint = Checkpoint.Load(_folder["run"]);
        var (fresh, _, freshOpt, _) = Make(name, seed: 9);
        var (loaded, loadedConfig) = whole ? checkpoint.Tree("model") : (checkpoint.Into("model", fresh).Tree, config);
        var (loadedOpt, loadedOptConfig) = whole ? checkpoint.Tree("opt") : (checkpoint.Into("opt", freshOpt).Tree, optConfig);
        Assert.Equal(config, loadedConfig);
        Assert.Equal(optConfig, loadedOptConfig);
        Assert.Equal(saved, ToyTraining.Bits(loaded));

        Assert.Equal(straight[4..], Train(ref loadedOpt, ref loaded, 5));
        Assert.Equal(ToyTraining.Bits(model), ToyTraining.Bits(loaded));
        Assert.Equal(ToyTraining.Bits(opt), ToyTraining.Bits(loadedOpt));
        Assert.Same(loaded["input.weight"].Tensor, loaded["middle.weight"].Tensor);
        Assert.Equal(traces, jitted.TraceCount);

        string[] Train(ref StructureTree o, ref StructureTree m, int steps)
        {
            var losses = new string[steps];
            for (var i = 0; i < steps; i++)
            {
                (o, m, var loss) = compiled ? jitted.Invoke(o, optConfig, m, config, x, y) : Step(o, optConfig, m, config, x, y);
                losses[i] = Convert.ToHexString(loss.AsTorch().bytes);
            }

            return losses;
        }
    }

    private static (StructureTree Model, GlobalConfig Config, StructureTree Opt, GlobalConfig OptConfig) Make(string name, int seed = 0)
    {
        using var rng = Rng.Scope(seed);
        var (model, config) = new ResumedNet(6, 8, 3);
        if (name == "half precision")
        {
            model = MixedPrecision.ForceHighPrecision(MixedPrecision.Cast(model), (path, _) => path == "norm");
        }

        var (opt, optConfig) = s_optimizers.GetValueOrDefault(name, s_optimizers["loss scaling"])(model);
        return (model, config, opt, optConfig);
    }

    private static (Tensor X, Tensor Y) Data()
    {
        using var rng = Rng.Scope(1);
        return (Rng.Normal([16, 6]), Rng.RandInt(0, 3, [16]));
    }

    private static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        StructureTree opt, GlobalConfig optConfig, StructureTree model, GlobalConfig config, Tensor x, Tensor y) =>
        Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var logits) = ResumedNet.Apply(current, config, x);
            return (current, F.softmax_cross_entropy(logits, y));
        });
}
