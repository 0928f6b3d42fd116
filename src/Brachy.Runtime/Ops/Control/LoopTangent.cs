using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// The derivative of a loop in forward mode: one loop over the same steps, in which each step also pushes tangents forward. It carries the
/// tangents of the carries, reads those of the slices and gives those of the stacks. Since it computes what the loop itself does, it takes
/// its place.
/// </summary>
internal static class LoopTangent
{
    public static Tensor?[] Push(Tensor?[] tangents, Tensor[] outputs, JvpArgs<LoopSettings> x)
    {
        if (Trace.Current is not { IsSymbolic: true })
        {
            return Pushforward.Of(EagerBodies.Loop, x);
        }

        var settings = x.Settings;
        var (step, first) = (settings.Step.Graph, settings.FirstCarry);
        var active = BodyValues.Active(step, settings.Carries, i => tangents[first + i] is not null);
        int[] carries = [.. Enumerable.Range(0, settings.Carries).Where(i => active[i])];
        int[] slices = [.. Enumerable.Range(settings.Carries, settings.Slices).Where(i => active[i])];
        int[] captured = [.. Enumerable.Range(settings.Carries + settings.Slices, step.Inputs.Count - settings.Carries - settings.Slices)];
        var dependent = BodyValues.Dependents(step, active);
        int[] stacks =
            [.. Enumerable.Range(settings.Carries, settings.Stacks).Where(i => x.Wants(i) && dependent.Contains(step.Outputs[i]))];

        // Inputs: carries, their tangents, slices, their tangents. Outputs: carries, their tangents, stacks, their tangents.
        var ofCarries = Enumerable.Range(0, settings.Carries).Concat(carries).ToArray();
        var ofSlices = Enumerable.Range(settings.Carries, settings.Slices).Concat(slices).ToArray();
        var inputs = ofCarries.Concat(ofSlices).Select(i => (step.Inputs[i].Type, "a step")).ToArray();
        var body = TracedBody.Of("the derivative of a loop", inputs, arguments =>
        {
            var values = new BodyValues(step, _ => null);
            var known = new Tensor?[step.Inputs.Count];
            Define(0, settings.Carries, carries, arguments[..ofCarries.Length]);
            Define(settings.Carries, settings.Slices, slices, arguments[ofCarries.Length..]);
            foreach (var i in captured)
            {
                known[i] = tangents[first + i];
                values.Set(step.Inputs[i], known[i] is null ? x[first + i] : F.alias(x[first + i]));
            }

            var ops = values.Replay();
            int[] given = [.. carries.Concat(stacks)];
            var pushed = Forward.Run(
                ops, [.. step.Inputs.Select(input => values[input])], known, [.. given.Select(i => values[step.Outputs[i]])]);
            Tensor[] all = [.. pushed.Select((tangent, k) => tangent ?? Zeros(step.Outputs[given[k]].Type))];
            Tensor[] results = [.. step.Outputs.Select(output => values[output])];
            return [.. results[..settings.Carries], .. all[..carries.Length], .. results[settings.Carries..], .. all[carries.Length..]];

            void Define(int from, int count, int[] chosen, Tensor[] tensors)
            {
                for (var i = 0; i < count; i++)
                {
                    values.Set(step.Inputs[from + i], tensors[i]);
                }

                for (var k = 0; k < chosen.Length; k++)
                {
                    known[chosen[k]] = tensors[count + k];
                }
            }
        });
        var condition = settings.Condition?.Graph is not { } test ? null : TracedBody.Of(
            "the condition of a loop", inputs[..ofCarries.Length], arguments =>
            {
                var values = new BodyValues(test, _ => null);
                for (var i = 0; i < test.Inputs.Count; i++)
                {
                    values.Set(test.Inputs[i], i < settings.Carries ? arguments[i] : x[first + settings.Slices + i]);
                }

                values.Replay();
                return [values[test.Outputs[0]]];
            });

        Tensor[] begin = [
            .. Enumerable.Range(0, settings.Carries).Select(i => x[first + i]),
            .. carries.Select(i => tangents[first + i] ?? Zeros(step.Inputs[i].Type))];
        Func<Tensor>[] read = [
            .. Enumerable.Range(settings.Carries, settings.Slices).Select(i => (Func<Tensor>)(() => x[first + i])),
            .. slices.Select(i => (Func<Tensor>)(() => tangents[first + i]!))];
        var (results, count) = RecordedLoop.Again(
            x.Primitive, body, condition, begin, read, settings, settings.HasCount ? x[0] : null);
        var stacksFrom = settings.Carries + carries.Length;
        BodyValues.Replace(x, [
            .. results[..settings.Carries], .. results[stacksFrom..(stacksFrom + settings.Stacks)],
            .. count is null ? Array.Empty<Tensor>() : [count]]);
        var result = new Tensor?[outputs.Length];
        foreach (var (i, k) in carries.Select((i, k) => (i, k)))
        {
            result[i] = results[settings.Carries + k];
        }

        foreach (var (i, k) in stacks.Select((i, k) => (i, k)))
        {
            result[i] = results[stacksFrom + settings.Stacks + k];
        }

        return result;
    }

    private static Tensor Zeros(TensorType type) => F.zeros(type.Shape, type.DType, type.Device);
}
