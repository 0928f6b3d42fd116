using Brachy.Native;

namespace Brachy.Extending;

/// <summary>
/// Runs functions and pulls gradients back through what they did: of user code for transforms, of ops made of other ops for primitives.
/// </summary>
internal static class Pullback
{
    /// <summary>Runs a function on fresh copies of the inputs and pulls the cotangents of its results back to them.</summary>
    public static (TResult Result, Tensor?[] Gradients) Differentiate<TResult>(
        IReadOnlyList<Tensor> inputs, Func<Tensor[], TResult> function, Func<TResult, (Tensor[] Outputs, Tensor?[] Cotangents)> seed)
    {
        StackSpace.Require("A gradient");
        if (Trace.Current is { } trace)
        {
            var start = trace.Ops.Count;
            var aliases = Track(inputs, trace);
            var result = Run(function, aliases, trace);
            var ops = trace.Ops.Skip(start).ToArray();
            var (outputs, cotangents) = seed(result);
            return (result, Backward.Run(ops, outputs, cotangents, aliases));
        }
        else
        {
            IReadOnlyList<RecordedOp> ops;
            Tensor[] aliases;
            TResult result;
            using (var tape = Trace.BeginTape())
            {
                aliases = Track(inputs, tape);
                result = Run(function, aliases, tape);
                ops = tape.Ops;
            }

            try
            {
                var (outputs, cotangents) = seed(result);
                return (result, Backward.Run(ops, outputs, cotangents, aliases));
            }
            finally
            {
                // A result that lives on must not keep the tape, and with it every intermediate tensor, alive.
                Array.ForEach(aliases, alias => alias.LeaveTrace());
                foreach (var output in ops.SelectMany(op => op.Outputs))
                {
                    output.LeaveTrace();
                }
            }
        }
    }

    /// <summary>The gradient of a primitive by that of an equal function of other ops.</summary>
    public static Tensor?[] Of(Func<VjpArgs, Tensor[]> function, VjpArgs x, Tensor?[] gradients)
    {
        var needed = Enumerable.Range(0, x.Count).Where(x.Needs).ToArray();
        var (_, inner) = Differentiate(
            [.. needed.Select(i => x[i])],
            aliases =>
            {
                var inputs = x.Inputs.ToArray();
                for (var i = 0; i < needed.Length; i++)
                {
                    inputs[needed[i]] = aliases[i];
                }

                return function(x.WithInputs(inputs));
            },
            outputs => (outputs, gradients));
        var result = new Tensor?[x.Count];
        for (var i = 0; i < needed.Length; i++)
        {
            result[needed[i]] = inner[i];
        }

        return result;
    }

    private static TResult Run<TResult>(Func<Tensor[], TResult> function, Tensor[] aliases, Trace trace)
    {
        trace.OpenGradients++;
        try
        {
            return function(aliases);
        }
        finally
        {
            trace.OpenGradients--;
        }
    }

    /// <summary>Gives each input an identity of its own, so that other uses of the same tensor do not count.</summary>
    private static Tensor[] Track(IReadOnlyList<Tensor> inputs, Trace trace)
    {
        var aliases = new Tensor[inputs.Count];
        for (var i = 0; i < aliases.Length; i++)
        {
            aliases[i] = F.alias(inputs[i]);
            aliases[i].JoinTrace(trace);
        }

        return aliases;
    }
}
