using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// The gradient of a loop: a loop over the same steps in the other order. It carries the gradients of the carries, and the sums of those of
/// captured tensors; it reads the gradients of the stacks, what the loop read, and what it kept of its steps.
/// </summary>
internal static class LoopGradient
{
    public static Tensor?[] Pull(Tensor?[] gradients, Tensor[] outputs, VjpArgs<LoopSettings> x)
    {
        var settings = x.Settings;
        if (Trace.Current is not { IsSymbolic: true })
        {
            return Pullback.Of(EagerBodies.Loop, x, gradients);
        }

        if (settings.Length is not { } length)
        {
            throw new DifferentiationException(
                "Control.While keeps what each step computed for its gradient, and must know how many steps there may be: give maxSteps.");
        }

        if (!HasCarries(settings))
        {
            (x, outputs) = WithCarries(x);
            gradients = [.. gradients, .. new Tensor?[outputs.Length - gradients.Length]];
            settings = x.Settings;
        }

        var step = settings.Step.Graph;
        var active = BodyValues.Active(step, settings.Carries, i => x.Needs(settings.FirstCarry + i));
        int[] carries = [.. Enumerable.Range(0, settings.Carries).Where(i => active[i])];
        int[] slices = [.. Enumerable.Range(settings.Carries, settings.Slices).Where(i => active[i])];
        var firstCaptured = settings.Carries + settings.Slices;
        int[] captured = [.. Enumerable.Range(firstCaptured, step.Inputs.Count - firstCaptured).Where(i => active[i])];
        int[] stacks = [.. Enumerable.Range(settings.Carries, settings.Stacks).Where(i => gradients[i] is not null)];

        // The inputs of the other loop, in this order; of the slices it reads only some.
        var inputs = new List<(TensorType Type, string Path)>();
        inputs.AddRange(carries.Concat(captured).Select(i => (step.Inputs[i].Type, "a gradient")));
        var firstRead = inputs.Count;
        var reads = new List<Func<Tensor>>();
        var sources = new Dictionary<Atom, int>();
        void Read(Atom? value, TensorType type, Func<Tensor> stack)
        {
            if (value is not null)
            {
                sources.TryAdd(value, inputs.Count);
            }

            inputs.Add((type, "a step"));
            reads.Add(stack);
        }

        foreach (var i in stacks)
        {
            Read(null, step.Outputs[i].Type, () => gradients[i]!);
        }

        for (var i = settings.Carries; i < step.Outputs.Count; i++)
        {
            var stack = outputs[i];
            Read(step.Outputs[i], step.Outputs[i].Type, () => stack);
        }

        for (var i = settings.Carries; i < firstCaptured; i++)
        {
            var stack = x[settings.FirstCarry + i];
            Read(step.Inputs[i], step.Inputs[i].Type, () => stack);
        }

        for (var i = 0; i < settings.Carries; i++)
        {
            var carry = i;
            Read(step.Inputs[i], step.Inputs[i].Type, () => CarriesBefore(carry, outputs, x));
        }

        var body = TracedBody.Of("the gradient of a loop", inputs, arguments =>
        {
            var values = new BodyValues(step, atom => sources.TryGetValue(atom, out var source) ? arguments[source] : null);
            for (var i = firstCaptured; i < step.Inputs.Count; i++)
            {
                // An identity of its own: the same tensor, captured twice, is two things.
                var outer = x[settings.FirstCarry + i];
                values.Set(step.Inputs[i], active[i] ? F.alias(outer) : outer);
            }

            var ops = values.Replay();
            var pulled = Backward.Run(
                ops,
                [.. carries.Concat(stacks).Select(i => values[step.Outputs[i]])],
                [.. carries.Select((_, k) => arguments[k]), .. stacks.Select((_, k) => arguments[firstRead + k])],
                [.. carries.Concat(captured).Concat(slices).Select(i => values[step.Inputs[i]])]);
            return [
                .. carries.Select((i, k) => pulled[k] ?? F.zeros_like(arguments[k])),
                .. captured.Select((_, k) => Sum(arguments[carries.Length + k], pulled[carries.Length + k])),
                .. slices.Select((i, k) => pulled[carries.Length + captured.Length + k] ?? Zeros(step.Inputs[i].Type))];
        });
        Tensor[] first = [
            .. carries.Select(i => gradients[i] ?? Zeros(step.Inputs[i].Type)), .. captured.Select(i => Zeros(step.Inputs[i].Type))];
        var count = settings.HasCount ? x[0] : settings.GivesCount ? outputs[^1] : null;
        var results = RecordedLoop.Scan(body, first, reads, length, !settings.Reverse, count);
        var result = new Tensor?[x.Count];
        foreach (var (i, k) in carries.Concat(captured).Concat(slices).Select((i, k) => (i, k)))
        {
            result[settings.FirstCarry + i] = results[k];
        }

        return result;
    }

    /// <summary>Whether the loop keeps its carries, as it does when its gradient was asked for before it was recorded.</summary>
    private static bool HasCarries(LoopSettings settings)
    {
        var kept = settings.Step.Graph.Outputs.Skip(settings.Carries).ToHashSet();
        return Enumerable.Range(0, settings.Carries).All(i =>
            kept.Contains(settings.Step.Graph.Inputs[i])
            || (kept.Contains(settings.Step.Graph.Outputs[i]) && !NeedsCarriesBefore(settings)));
    }

    /// <summary>Records the loop again so that it keeps its carries.</summary>
    private static (VjpArgs<LoopSettings> X, Tensor[] Outputs) WithCarries(VjpArgs<LoopSettings> x)
    {
        var settings = x.Settings;
        var step = settings.Step.Graph;
        var carries = NeedsCarriesBefore(settings) ? step.Inputs.Take(settings.Carries) : step.Outputs.Take(settings.Carries);
        settings = settings with { Step = step with { Outputs = [.. step.Outputs, .. carries] } };
        var results = x.Primitive.BindUntyped(settings, [.. x.Inputs]);
        var needed = Enumerable.Range(0, x.Count).Select(x.Needs).ToArray();
        return ((VjpArgs<LoopSettings>)x.Primitive.VjpArgsOf(settings, x.Inputs, needed), results);
    }

    /// <summary>Whether carries are kept as they were before each step, not after it: only a run tells which is the first row.</summary>
    private static bool NeedsCarriesBefore(LoopSettings settings) => settings is { HasCount: true, Reverse: true };

    private static Tensor Sum(Tensor before, Tensor? gradient) => gradient is null ? before : before + gradient;

    private static Tensor Zeros(TensorType type) => F.zeros(type.Shape, type.DType, type.Device);

    /// <summary>For each step what a carry was before it.</summary>
    private static Tensor CarriesBefore(int carry, Tensor[] outputs, VjpArgs<LoopSettings> x)
    {
        var (settings, step) = (x.Settings, x.Settings.Step.Graph);
        var kept = step.Outputs.ToList();
        if (kept.IndexOf(step.Inputs[carry], settings.Carries) is >= 0 and var before)
        {
            return outputs[before];
        }

        var after = outputs[kept.IndexOf(step.Outputs[carry], settings.Carries)];
        var first = F.unsqueeze(x[settings.FirstCarry + carry], 0);
        var length = settings.Length!.Value;
        return length <= 1 ? F.narrow(first, 0, 0, length)
            : settings.Reverse ? F.cat([F.narrow(after, 0, 1, length - 1), first])
            : F.cat([first, F.narrow(after, 0, 0, length - 1)]);
    }
}
