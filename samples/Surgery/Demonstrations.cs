using System.Globalization;
using Brachy;
using Brachy.NN;
using Surgery.Recipes;

namespace Surgery;

/// <summary>Each recipe on a trained network, and what came of it in a line.</summary>
internal static class Demonstrations
{
    public static IReadOnlyList<(string Name, Func<Patient, string> Run)> All { get; } =
    [
        ("capture", Capture),
        ("insert", Insert),
        ("remove", Remove),
        ("adapters", Adapters),
        ("share", Share),
        ("freeze", Freeze),
        ("average", Average),
        ("split", Split),
        ("hook", HookAndUnhook),
    ];

    private static string Capture(Patient patient)
    {
        var watched = CaptureActivations.Watch(patient.Model, "blocks.*");
        var (_, activations) = CaptureActivations.Run(watched, patient.Config, patient.Task.X);
        return string.Join(", ", activations.Select(a => $"{a.Key} {a.Value.Type}, mean {Number((double)a.Value.mean())}"));
    }

    private static string Insert(Patient patient)
    {
        var deeper = InsertLayer.InList(patient.Model, patient.Config, position: 1, Patient.Width);
        deeper = InsertLayer.Before(deeper, patient.Config, "head", InsertLayer.PassThrough(Patient.Width));
        return $"largest change of an output {Number((double)(patient.Output(deeper) - patient.Output(patient.Model)).abs().max())}; " +
            $"{Parameters(patient.Model)} → {Parameters(deeper)} parameters";
    }

    private static string Remove(Patient patient)
    {
        var shallower = RemoveLayer.FromList(patient.Model, patient.Config, position: 1);
        var passed = RemoveLayer.PassOver(patient.Model, "blocks.1");
        var tuned = Training.Run(shallower, patient.Config, patient.Task.X, patient.Task.Y, 50);
        return $"{Percent(patient.Accuracy(patient.Model))} → {Percent(patient.Accuracy(shallower))} without a block, "
            + $"{Percent(patient.Accuracy(tuned))} after training; " +
            $"passed over instead {Percent(patient.Accuracy(passed))}; {Parameters(patient.Model)} → {Parameters(shallower)} parameters";
    }

    private static string Adapters(Patient patient)
    {
        var adapted = LowRankAdapters.Adapt(patient.Model, patient.Config, "blocks.**", rank: 4);
        var (x, y) = patient.NewTask;
        var tuned = Training.Run(adapted, patient.Config, x, y, 200, m => LowRankAdapters.Optimizer(m, 1e-2));
        var merged = LowRankAdapters.Merge(tuned, patient.Config);
        var trained = tuned.Select(LowRankAdapters.Trained).Sum(found => found.Tensor.numel());
        return $"new task {Percent(patient.NewAccuracy(patient.Model))} → {Percent(patient.NewAccuracy(tuned))} with {trained} of "
            + $"{Parameters(tuned)} parameters; " +
            $"merged {Percent(patient.NewAccuracy(merged))}, {Parameters(merged)} parameters";
    }

    private static string Share(Patient patient)
    {
        var shared = ShareWeight.Share(patient.Model, "blocks.0.expand.weight", "blocks.1.expand.weight");
        var tuned = Training.Run(shared, patient.Config, patient.Task.X, patient.Task.Y, 100);
        var same = ReferenceEquals(tuned["blocks.0.expand.weight"].Tensor, tuned["blocks.1.expand.weight"].Tensor);
        return $"{Percent(patient.Accuracy(shared))} → {Percent(patient.Accuracy(tuned))} after training; still one weight: {same}; "
            + $"{Parameters(tuned)} parameters";
    }

    private static string Freeze(Patient patient)
    {
        var (x, y) = patient.NewTask;
        var tuned = Training.Run(patient.Model, patient.Config, x, y, 100, m => FreezePart.Optimizer(m, "blocks.**", 1e-2));
        var changed = patient.Model.Tensors().Zip(tuned.Tensors()).Where(p => !(bool)F.eq(p.First.Tensor, p.Second.Tensor).all())
            .Select(p => p.First.Path);
        return $"changed: {string.Join(", ", changed)}; new task {Percent(patient.NewAccuracy(tuned))}";
    }

    private static string Average(Patient patient)
    {
        StructureTree Tuned(int seed)
        {
            var more = Spirals.Make(perArm: 30, seed);
            return Training.Run(patient.Model, patient.Config, more.X, more.Y, 20);
        }

        var (a, b) = (Tuned(100), Tuned(200));
        return $"{Percent(patient.Accuracy(a))} and {Percent(patient.Accuracy(b))}, mean of the two "
            + $"{Percent(patient.Accuracy(AverageModels.Mean(a, b)))}";
    }

    private static string Split(Patient patient)
    {
        var (first, second) = SplitNetwork.Cut(patient.Model, patient.Config, blocks: 2);
        var (_, hidden) = Sequential.JitApply(first, patient.Config, patient.Task.X);
        var (_, output) = Sequential.JitApply(second, patient.Config, hidden);
        return $"between the halves {hidden.Type}; largest change of an output "
            + $"{Number((double)(output - patient.Output(patient.Model)).abs().max())}";
    }

    private static string HookAndUnhook(Patient patient)
    {
        var hooked = HookNodes.Add(patient.Model);
        var traces = Network.JitApplyFunction.TraceCount;
        var dampened = patient.Accuracy(hooked);
        var added = Network.JitApplyFunction.TraceCount - traces;
        var restored = patient.Accuracy(HookNodes.Remove(hooked));
        var removed = Network.JitApplyFunction.TraceCount - traces - added;
        return $"{Percent(patient.Accuracy(patient.Model))}, dampened {Percent(dampened)}, restored {Percent(restored)}; traces with the "
            + $"hook {added}, after it {removed}";
    }

    private static long Parameters(StructureTree tree) => tree.GetParams().DistinctTensors().Sum(t => t.Tensor.numel());

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
