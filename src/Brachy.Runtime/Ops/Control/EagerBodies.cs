using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>Loops and choices op by op, for gradients of what was computed at once.</summary>
internal static class EagerBodies
{
    /// <summary>The results of a loop.</summary>
    public static Tensor[] Loop(VjpArgs x)
    {
        var settings = (LoopSettings)x.Settings;
        var step = settings.Step.Graph;
        Tensor[] inputs = [.. x.Inputs];
        var captured = inputs[settings.FirstCaptured..];
        var carries = inputs[settings.FirstCarry..settings.FirstSlice];
        var length = settings.HasCount ? inputs[0].item<long>() : settings.Length ?? long.MaxValue;
        var rows = new List<Tensor[]>();
        while (rows.Count < length && (settings.Condition is not { } test || Run(test.Graph, [.. carries, .. captured])[0].item<bool>()))
        {
            var row = settings.Reverse ? length - 1 - rows.Count : rows.Count;
            var slices = inputs[settings.FirstSlice..settings.FirstCaptured].Select(stack => F.select(stack, 0, row));
            var results = Run(step, [.. carries, .. slices, .. captured]);
            carries = results[..settings.Carries];
            rows.Add(results[settings.Carries..]);
        }

        var count = rows.Count;
        if (settings.Reverse)
        {
            rows.Reverse();
        }

        var stacks = step.Outputs.Skip(settings.Carries).Select(
            (output, i) => Stack(output.Type, [.. rows.Select(row => row[i])], settings.Length));
        return [.. carries, .. stacks, .. settings.GivesCount ? [F.full([], count, DType.Int64)] : Array.Empty<Tensor>()];
    }

    /// <summary>The results of a choice.</summary>
    public static Tensor[] Switch(VjpArgs x)
    {
        var bodies = ((SwitchSettings)x.Settings).Bodies;
        var choice = x[0].dtype == DType.Bool ? (x[0].item<bool>() ? 1 : 0) : x[0].item<long>();
        return Run(bodies[(int)Math.Clamp(choice, 0, bodies.Count - 1)], [.. x.Inputs.Skip(1)]);
    }

    private static Tensor Stack(TensorType type, Tensor[] rows, long? length)
    {
        Tensor[] all = [.. rows, .. Enumerable.Repeat(F.zeros(type.Shape, type.DType, type.Device), (int)(length!.Value - rows.Length))];
        return all.Length > 0 ? F.stack(all) : F.zeros([0, .. type.Shape], type.DType, type.Device);
    }

    private static Tensor[] Run(Graph body, Tensor[] inputs)
    {
        var values = new BodyValues(body, _ => null);
        for (var i = 0; i < inputs.Length; i++)
        {
            values.Set(body.Inputs[i], inputs[i]);
        }

        values.Replay();
        return [.. body.Outputs.Select(output => values[output])];
    }
}
