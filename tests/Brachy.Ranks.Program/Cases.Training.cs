using System.Globalization;
using Brachy.IO;
using Brachy.Modules;
using Brachy.Optim;

namespace Brachy.Ranks.Program;

/// <summary>Training with several ranks.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> Trainings => new()
    {
        ["train"] = Train,
        ["resume"] = Resume,
        ["equal"] = StaysEqual,
        ["seeds-differ"] = SeedsDiffer,
        ["settings-differ"] = SettingsDiffer,
        ["sizes-differ"] = SizesDiffer,
        ["broadcast"] = BroadcastTree,
    };

    /// <summary>train FOLDER TYPE STEPS OPTIMIZER…: trains with each, and saves model and optimizer under its name.</summary>
    private static void Train(string[] arguments)
    {
        var (folder, type, steps) = (arguments[0], Enum.Parse<DType>(arguments[1]), int.Parse(arguments[2], CultureInfo.InvariantCulture));
        foreach (var name in arguments[3..])
        {
            var isEager = name == "eager";
            using var eager = isEager ? Jit.Disable() : null;
            var optimizer = isEager ? "adamw" : name;

            // Only steps with the attribute draw masks by shares of the batch.
            var (model, config) = Training.Make(type, dropout: name is "average" or "inside" ? 0 : 0.3);
            if (name == "mixed")
            {
                model = MixedPrecision.ForceHighPrecision(model, (_, node) => node.Buffers.ContainsKey("running_mean"));
                model = MixedPrecision.Cast(model);
            }

            var (opt, optConfig) = Training.OptimizerOf(optimizer, model);
            (opt, model) = Run(optimizer, opt, optConfig, model, config, type, 0, steps);
            Rank.RequireEqual(model);
            Training.Save(Path.Combine(folder, name), name == "mixed" ? MixedPrecision.Restore(model) : model, opt);
        }

        Console.WriteLine($"done {Rank.Index}");
    }

    /// <summary>resume FILE NEW OPTIMIZER TYPE FROM TO: goes on from a checkpoint.</summary>
    private static void Resume(string[] arguments)
    {
        var (name, type) = (arguments[2], Enum.Parse<DType>(arguments[3]));
        var (from, to) = (int.Parse(arguments[4], CultureInfo.InvariantCulture), int.Parse(arguments[5], CultureInfo.InvariantCulture));
        var (fresh, config) = Training.Make(type, seed: 99);
        var (_, optConfig) = Training.OptimizerOf(name, fresh);
        var checkpoint = Checkpoint.Load(arguments[0]);
        var (model, opt) = (checkpoint.Tree("model").Tree, checkpoint.Tree("opt").Tree);
        opt = name.StartsWith("zero", StringComparison.Ordinal) ? ZeroRedundancyOptimizer.Slice(opt) : opt;
        (opt, model) = Run(name, opt, optConfig, model, config, type, from, to);
        Training.Save(arguments[1], model, opt);
        Console.WriteLine($"done {Rank.Index}");
    }

    private static (StructureTree Opt, StructureTree Model) Run(
        string name, StructureTree opt, GlobalConfig optConfig, StructureTree model, GlobalConfig config, DType type, int from, int to)
    {
        for (var step = from; step < to; step++)
        {
            var (x, y) = Training.Batch(step, type);
            (opt, model, var loss) = name is "average" or "inside"
                ? Training.PlainJit(opt, optConfig, model, config, x, y) : Training.StepJit(opt, optConfig, model, config, x, y);
            Require(double.IsFinite(loss.to(DType.Float64).item<double>()), "the loss is finite");
            if (name != "inside")
            {
                // What is around the optimizer that combines ranks sees the rank's own.
                var mean = F.pmean(loss, Rank.Axis).to(DType.Float64).item<double>();
                Require(Math.Abs(mean - loss.to(DType.Float64).item<double>()) < 1e-6, "the loss is that of all ranks");
            }
        }

        return (opt, model);
    }

    private static void StaysEqual(string[] arguments)
    {
        var (model, config) = Training.Make(DType.Float32);
        var (opt, optConfig) = Training.OptimizerOf("adamw", model);
        (opt, model) = Run("adamw", opt, optConfig, model, config, DType.Float32, 0, 100);
        Rank.RequireEqual(model);
        Rank.RequireEqual(opt);
        Console.WriteLine($"done {Rank.Index}");
    }

    private static void SeedsDiffer(string[] arguments)
    {
        var (model, config) = Training.Make(DType.Float32, seed: Rank.Index);
        var (opt, optConfig) = Training.OptimizerOf("sgd", model);
        Refused(arguments[0], () => Run("sgd", opt, optConfig, model, config, DType.Float32, 0, 1));
    }

    private static void SettingsDiffer(string[] arguments)
    {
        var (model, config) = Training.Make(DType.Float32);
        var (opt, optConfig) = Training.OptimizerOf("sgd", model);
        config = Rank.Index == Rank.Count - 1 ? config.With("train_mode", false) : config;
        Refused(arguments[0], () => Run("sgd", opt, optConfig, model, config, DType.Float32, 0, 1));
    }

    private static void SizesDiffer(string[] arguments)
    {
        var (model, config) = Training.Make(DType.Float32);
        var (opt, optConfig) = Training.OptimizerOf("sgd", model);
        var (x, y) = Training.Batch(0, DType.Float32);
        Refused(arguments[0], () => Training.StepJit(
            opt, optConfig, model, config, F.clone(F.narrow(F.cat([x, x, x]), 0, 0, 4 * (1 + Rank.Index))),
            F.clone(F.narrow(F.cat([y, y, y]), 0, 0, 4 * (1 + Rank.Index)))));
    }

    private static void BroadcastTree(string[] arguments)
    {
        var (model, _) = Training.Make(DType.Float32, seed: Rank.Index);
        Refused(arguments[0], () => Rank.RequireEqual(model));
        Rank.RequireEqual(Rank.Broadcast(model, Rank.Count - 1));
        var (last, _) = Training.Make(DType.Float32, seed: Rank.Count - 1);
        var sent = Rank.Broadcast(model, Rank.Count - 1);
        Require(sent.Tensors().Zip(last.Tensors()).All(
            pair => pair.First.Tensor.dtype != DType.Float32
                || pair.First.Tensor.ToArray<float>().SequenceEqual(pair.Second.Tensor.ToArray<float>())),
            "the values are those of the last");
    }

    /// <summary>All ranks throw; what each says is in a file of its own, since launchers mix what ranks print.</summary>
    private static void Refused(string folder, Action action)
    {
        try
        {
            action();
        }
        catch (RankException error)
        {
            File.WriteAllText(Path.Combine(folder, $"{Rank.Index}"), error.Message);
            return;
        }

        Require(false, "it was not refused");
    }
}
