using Brachy.Native;

namespace Brachy.Extending;

/// <summary>
/// What a function did with fresh copies of its inputs: a stretch of the trace that is going on, or of a tape of its own, which is closed
/// when the function has ended, so that rules of derivatives are computed without being recorded.
/// </summary>
/// <typeparam name="TResult">What the function gives.</typeparam>
internal sealed class Stretch<TResult> : IDisposable
{
    private readonly bool _hasTape;

    private Stretch(TResult result, Tensor[] inputs, IReadOnlyList<RecordedOp> ops, bool hasTape) =>
        (Result, Inputs, Ops, _hasTape) = (result, inputs, ops, hasTape);

    public TResult Result { get; }

    /// <summary>The inputs under identities of their own, so that other uses of the same tensors do not count.</summary>
    public Tensor[] Inputs { get; }

    public IReadOnlyList<RecordedOp> Ops { get; }

    /// <summary>Runs a function.</summary>
    /// <param name="what">What it is run for, for messages.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="function">The function.</param>
    public static Stretch<TResult> Run(string what, IReadOnlyList<Tensor> inputs, Func<Tensor[], TResult> function)
    {
        StackSpace.Require(what);
        if (Trace.Current is { } trace)
        {
            var start = trace.Ops.Count;
            var aliases = Track(inputs, trace);
            var result = Run(function, aliases, trace);
            return new(result, aliases, trace.Ops.Skip(start).ToArray(), hasTape: false);
        }
        else
        {
            using var tape = Trace.BeginTape();
            var aliases = Track(inputs, tape);
            var result = Run(function, aliases, tape);
            return new(result, aliases, tape.Ops, hasTape: true);
        }
    }

    /// <summary>Cuts tensors from a tape: a result that lives on must not keep it, and with it every intermediate tensor, alive.</summary>
    public void Dispose()
    {
        if (_hasTape)
        {
            Array.ForEach(Inputs, input => input.LeaveTrace());
            foreach (var output in Ops.SelectMany(op => op.Outputs))
            {
                output.LeaveTrace();
            }
        }
    }

    private static TResult Run(Func<Tensor[], TResult> function, Tensor[] aliases, Trace trace)
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
