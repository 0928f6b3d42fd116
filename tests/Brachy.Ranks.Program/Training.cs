using Brachy.IO;
using Brachy.Optim;
using AnyOptimizer = Brachy.Module<(Brachy.Optim.LossAndGrad LossAndGrad, Brachy.StructureTree Model), Brachy.StructureTree>;

namespace Brachy.Ranks.Program;

/// <summary>What a training step gives.</summary>
[Tree]
public partial record TrainResult(StructureTree Opt, StructureTree Model, Tensor Loss);

/// <summary>Training of <see cref="RankNet"/> on this rank's rows of the batches of all ranks.</summary>
internal static partial class Training
{
    public const int Rows = 8;

    [Jit, DataParallel("data", Shares = 4)]
    public static TrainResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, current => Loss(current, config, x, y));
        return new(opt, model, loss);
    }

    /// <summary>The same, whose optimizer combines what the ranks have.</summary>
    [Jit]
    public static TrainResult Plain(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, current => Loss(current, config, x, y));
        return new(opt, model, loss);
    }

    public static (StructureTree, Tensor) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var scores) = RankNet.Apply(model, config, x);
        return (model, F.softmax_cross_entropy(scores, y));
    }

    /// <summary>A model; layers with statistics use those of all ranks.</summary>
    public static (StructureTree Model, GlobalConfig Config) Make(DType type, long seed = 3, double dropout = 0.3)
    {
        using var rng = Rng.Scope(seed);
        var (model, config) = new RankNet(dropout);
        var typed = model.MapParamsBuffers((_, t) => t.dtype == DType.Float32 ? t.to(type) : t);
        return (typed, config.With("batch_axis", new[] { Rank.Axis }));
    }

    public static AnyOptimizer OptimizerOf(string name, StructureTree model) => name switch
    {
        "sgd" => new SGD(model, lr: 0.05, momentum: 0.9),
        "adamw" => new ClipGradNorm(new AdamW(model, lr: 0.01), maxNorm: 0.1),
        "groups" => new LossScaling(new ParamGroups(model, ("**.bias", m => new SGD(m, lr: 0.1)), ("**", m => new AdamW(m, lr: 0.01)))),
        "accumulated" => new GradientAccumulation(new SGD(model, lr: 0.05), model, every: 2),
        "mixed" => new LossScaling(new SGD(model, lr: 0.05, momentum: 0.9)),
        "average" => new DataParallel(new ClipGradNorm(new AdamW(model, lr: 0.01), maxNorm: 0.1)),
        "inside" => new GradientAccumulation(new DataParallel(new SGD(model, lr: 0.05)), model, every: 2),
        "zero" => new ZeroRedundancyOptimizer(
            model, slices => new ClipGradNorm(
                new ParamGroups(slices, ("**.bias", m => new SGD(m, lr: 0.1)), ("**", m => new AdamW(m, lr: 0.01))), maxNorm: 0.1)),
        "around" => new ClipGradNorm(new ZeroRedundancyOptimizer(model, slices => new SGD(slices, lr: 0.05)), maxNorm: 0.1),
        "zero-sgd" => new ZeroRedundancyOptimizer(model, slices => new SGD(slices, lr: 0.05, momentum: 0.9)),
        _ => throw new ArgumentException($"No optimizer '{name}'."),
    };

    /// <summary>This rank's rows of a batch.</summary>
    public static (Tensor X, Tensor Y) Batch(int step, DType type)
    {
        using var rng = Rng.Scope(100 + step);
        var (x, y) = (Rng.Normal([Rows, 5], DType.Float64), Rng.RandInt(0, 3, [Rows]));
        var own = Rows / Rank.Count;
        return (F.clone(F.narrow(x, 0, Rank.Index * own, own)).to(type), F.clone(F.narrow(y, 0, Rank.Index * own, own)));
    }

    public static void Save(string file, StructureTree model, StructureTree opt)
    {
        var whole = opt.Nodes().Any(n => n.Node.Aux.ContainsKey("shapes")) ? ZeroRedundancyOptimizer.Gather(opt) : opt;
        if (Rank.IsFirst)
        {
            Checkpoint.Save(file, ("model", model), ("opt", whole));
        }

        Rank.Barrier();
    }
}
