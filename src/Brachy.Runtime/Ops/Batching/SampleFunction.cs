using Brachy.Extending;
using Brachy.Native;

namespace Brachy;

/// <summary>What a function did with one sample, which can be run again for all samples of a batch.</summary>
internal sealed class SampleFunction
{
    private readonly Tensor[] _inputs;
    private readonly Tensor[] _outputs;
    private readonly List<RecordedOp> _ops;
    private readonly PendingCheck[] _checks;

    private SampleFunction(Tensor[] inputs, Tensor[] outputs, List<RecordedOp> ops, PendingCheck[] checks) =>
        (_inputs, _outputs, _ops, _checks) = (inputs, outputs, ops, checks);

    /// <summary>Runs a function once, on a sample without values.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="axis">The batch, if it has a name.</param>
    /// <param name="inputs">The types of the sample's tensors, and their names for messages.</param>
    /// <param name="function">From the sample to its results. What else it uses is the same for all samples.</param>
    public static SampleFunction Of(
        string what, NamedAxis? axis, IReadOnlyList<(TensorType Type, string Path)> inputs, Func<Tensor[], Tensor[]> function)
    {
        StackSpace.Require(what);
        using var trace = Trace.BeginSample(what, axis);
        var arguments = inputs.Select(input => trace.Argument(input.Type, input.Path)).ToArray();
        var outputs = function(arguments);
        PendingCheck[] checks = [.. trace.Checks];
        return new(arguments, outputs, TracedBody.LiveOps(trace.Ops, [.. outputs, .. checks.SelectMany(check => check.Values)]), checks);
    }

    /// <summary>Runs it for a batch.</summary>
    /// <param name="context">The batch.</param>
    /// <param name="inputs">The batched tensors.</param>
    /// <returns>The results, and what must be looked at: where in the batch a condition first does not hold.</returns>
    public (BatchedTensor[] Outputs, PendingCheck[] Checks) Run(BatchContext context, IReadOnlyList<Tensor> inputs)
    {
        var replay = new BatchedReplay(context);
        for (var i = 0; i < _inputs.Length; i++)
        {
            replay.Set(_inputs[i], new(inputs[i], true));
        }

        replay.Run(_ops);
        return (
            Array.ConvertAll(_outputs, output => replay[output]),
            [.. _checks.Where(_ => context.Size > 0).Select(
                check => BatchedChecks.FirstOf(check, Array.ConvertAll(check.Values, value => replay[value]), context))]);
    }
}
