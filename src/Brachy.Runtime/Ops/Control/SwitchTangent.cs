using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// The derivative of a choice in forward mode: a choice between the branches, each of which also pushes tangents forward. It takes the
/// place of the choice itself.
/// </summary>
internal static class SwitchTangent
{
    public static Tensor?[] Push(Tensor?[] tangents, Tensor[] outputs, JvpArgs<SwitchSettings> x)
    {
        if (Trace.Current is not { IsSymbolic: true })
        {
            return Pushforward.Of(EagerBodies.Switch, x);
        }

        int[] wanted = [.. Enumerable.Range(0, outputs.Length).Where(i => x.Wants(i) && outputs[i].dtype.IsFloatingPoint())];
        var branches = x.Settings.Bodies.Select(body => TracedBody.Of("the derivative of a choice", [], _ =>
        {
            var values = new BodyValues(body, _ => null);
            for (var i = 1; i < x.Count; i++)
            {
                values.Set(body.Inputs[i - 1], tangents[i] is null ? x[i] : F.alias(x[i]));
            }

            var ops = values.Replay();
            var pushed = Forward.Run(
                ops, [.. body.Inputs.Select(input => values[input])], tangents[1..], [.. wanted.Select(i => values[body.Outputs[i]])]);
            return [
                .. body.Outputs.Select(output => values[output]),
                .. pushed.Select((tangent, k) => tangent ?? F.zeros_like(outputs[wanted[k]]))];
        }));
        var results = RecordedSwitch.Record(x[0], [.. branches]);
        BodyValues.Replace(x, results[..outputs.Length]);
        var result = new Tensor?[outputs.Length];
        for (var k = 0; k < wanted.Length; k++)
        {
            result[wanted[k]] = results[outputs.Length + k];
        }

        return result;
    }
}
