using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>The gradient of a choice: a choice between the gradients of the branches, so that what did not run adds nothing.</summary>
internal static class SwitchGradient
{
    public static Tensor?[] Pull(Tensor?[] gradients, Tensor[] outputs, VjpArgs<SwitchSettings> x)
    {
        if (Trace.Current is not { IsSymbolic: true })
        {
            return Pullback.Of(EagerBodies.Switch, x, gradients);
        }

        int[] wanted = [.. Enumerable.Range(1, x.Count - 1).Where(x.Needs)];
        int[] given = [.. Enumerable.Range(0, outputs.Length).Where(i => gradients[i] is not null)];
        var branches = x.Settings.Bodies.Select(body => TracedBody.Of("the gradient of a choice", [], _ =>
        {
            var kept = new Dictionary<Atom, Tensor>();
            var captured = body.Inputs.ToHashSet();
            for (var i = 0; i < outputs.Length; i++)
            {
                if (body.Outputs[i] is Var value && !captured.Contains(value))
                {
                    kept.TryAdd(value, outputs[i]);
                }
            }

            var values = new BodyValues(body, atom => kept.GetValueOrDefault(atom));
            for (var i = 1; i < x.Count; i++)
            {
                values.Set(body.Inputs[i - 1], x.Needs(i) ? F.alias(x[i]) : x[i]);
            }

            var ops = values.Replay();
            var pulled = Backward.Run(
                ops, [.. given.Select(i => values[body.Outputs[i]])], [.. given.Select(i => gradients[i])],
                [.. wanted.Select(i => values[body.Inputs[i - 1]])]);
            return [.. wanted.Select((i, k) => pulled[k] ?? F.zeros_like(x[i]))];
        }));
        var results = RecordedSwitch.Record(x[0], [.. branches]);
        var result = new Tensor?[x.Count];
        for (var k = 0; k < wanted.Length; k++)
        {
            result[wanted[k]] = results[k];
        }

        return result;
    }
}
