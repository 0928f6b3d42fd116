using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>What a gradient computes again.</summary>
internal sealed record RecomputationSettings(Recomputation Function) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("function", Function)];
}

/// <summary>
/// One use of a function whose gradient computes again what it did. An identity: two are never the same. Operands of the primitive are its
/// results and values that are kept, and what it used (arguments and captured tensors); its results are the first of these.
/// </summary>
/// <param name="name">The function, for messages.</param>
/// <param name="graph">What it did: from what it used to its results and what is kept.</param>
/// <param name="results">The number of results.</param>
/// <param name="isRecorded">Whether its ops are on the trace, too; a tape has let go of them.</param>
internal sealed class Recomputation(string name, Graph graph, int results, bool isRecorded)
{
    /// <summary>How many results the primitive has: those of the function, and what is kept.</summary>
    public int Outputs => graph.Outputs.Count;

    private int Inputs => graph.Inputs.Count;

    /// <inheritdoc/>
    public override string ToString() => name;

    /// <summary>Whether a derivative in forward mode does not look at how an operand changes.</summary>
    public bool Ignores(int operand) => isRecorded == operand >= Outputs;

    /// <summary>The gradients of what the function used.</summary>
    public Tensor?[] Pull(Tensor?[] cotangents, Tensor[] outputs, VjpArgs x)
    {
        int[] wanted = [.. Enumerable.Range(0, Inputs).Where(i => x.Needs(Outputs + i))];
        int[] given = [.. Enumerable.Range(0, Outputs).Where(i => cotangents[i] is not null && outputs[i].dtype.IsFloatingPoint())];
        var gradients = new Tensor?[x.Count];
        if (wanted.Length > 0 && given.Length > 0)
        {
            // Behind a barrier: otherwise what is computed again would be found to be what was computed before, and that be kept.
            Tensor[] operands = [.. x.Inputs.Skip(Outputs), .. outputs.Skip(results), .. given.Select(i => cotangents[i]!)];
            operands = Trace.Current is { IsSymbolic: true } trace
                ? F.Barrier.BindAll(new BarrierSettings(trace.Ops.Count), operands)
                : operands;
            var (values, ops) = Again(operands[..^given.Length], i => x.Needs(Outputs + i));
            var pulled = Backward.Run(
                ops, [.. given.Select(i => values[graph.Outputs[i]])], operands[^given.Length..],
                [.. wanted.Select(i => values[graph.Inputs[i]])]);
            for (var k = 0; k < wanted.Length; k++)
            {
                gradients[Outputs + wanted[k]] = pulled[k];
            }
        }

        return gradients;
    }

    /// <summary>The tangents of the results.</summary>
    public Tensor?[] Push(Tensor?[] tangents, JvpArgs x)
    {
        if (isRecorded)
        {
            return tangents[..Outputs];
        }

        var (values, ops) = Again([.. x.Inputs.Skip(Outputs)], i => tangents[Outputs + i] is not null);
        return Forward.Run(
            ops, [.. graph.Inputs.Select(input => values[input])], tangents[Outputs..(Outputs + Inputs)],
            [.. graph.Outputs.Select(output => values[output])], mayReplace: false);
    }

    /// <summary>Computes again what the function did.</summary>
    /// <param name="operands">What it used, and the values that were kept, if they are to be used.</param>
    /// <param name="isActive">Whether an input is differentiated, so that it needs an identity of its own.</param>
    private (BodyValues Values, RecordedOp[] Ops) Again(Tensor[] operands, Func<int, bool> isActive)
    {
        var kept = new Dictionary<Atom, Tensor>();
        for (var i = Inputs; i < operands.Length; i++)
        {
            kept.TryAdd(graph.Outputs[results + i - Inputs], operands[i]);
        }

        var values = new BodyValues(graph, kept.GetValueOrDefault);
        for (var i = 0; i < Inputs; i++)
        {
            values.Set(graph.Inputs[i], isActive(i) ? F.alias(operands[i]) : operands[i]);
        }

        return (values, values.Replay());
    }
}

/// <summary>A number by which uses differ, so that no two are the same.</summary>
internal sealed record BarrierSettings(long Number) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("number", Number)];
}

/// <summary>A name that policies of <see cref="Grad.Checkpoint{T, TResult}"/> look for.</summary>
internal sealed record CheckpointNameSettings(string Name) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("name", Name)];
}
