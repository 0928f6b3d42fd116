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
/// <param name="outputs">How many results the primitive has: those of the function, and what is kept.</param>
/// <param name="inputs">How many tensors the function used.</param>
/// <param name="isRecorded">Whether the function's ops are on the trace, too; a tape has let go of them.</param>
internal abstract class Recomputation(string name, int outputs, int inputs, bool isRecorded)
{
    public string Name { get; } = name;

    public int Outputs { get; } = outputs;

    public int Inputs { get; } = inputs;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether a derivative in forward mode does not look at how an operand changes.</summary>
    public bool Ignores(int operand) => isRecorded == operand >= Outputs;

    /// <summary>The rule of the primitive in reverse mode.</summary>
    public Tensor?[] Pull(Tensor?[] cotangents, Tensor[] outputs, VjpArgs x)
    {
        var gradients = new Tensor?[x.Count];
        var given = cotangents.Select((g, i) => outputs[i].dtype.IsFloatingPoint() ? g : null).ToArray();
        if (Enumerable.Range(Outputs, Inputs).Any(x.Needs) && Array.Exists(given, g => g is not null))
        {
            Gradients(given, outputs, [.. x.Inputs.Skip(Outputs)], i => x.Needs(Outputs + i)).CopyTo(gradients, Outputs);
        }

        return gradients;
    }

    /// <summary>The rule of the primitive in forward mode.</summary>
    public Tensor?[] Push(Tensor?[] tangents, JvpArgs x) =>
        isRecorded ? tangents[..Outputs] : Tangents([.. x.Inputs.Skip(Outputs)], tangents[Outputs..(Outputs + Inputs)]);

    /// <summary>The gradients of what the function used.</summary>
    /// <param name="cotangents">The gradient that reaches each result; null for none.</param>
    /// <param name="outputs">The results and what is kept.</param>
    /// <param name="used">What the function used.</param>
    /// <param name="needs">Whether the gradient of one of these is asked for.</param>
    public abstract Tensor?[] Gradients(Tensor?[] cotangents, Tensor[] outputs, Tensor[] used, Func<int, bool> needs);

    /// <summary>The tangents of the results, where the trace has no ops that tell.</summary>
    /// <param name="used">What the function used.</param>
    /// <param name="tangents">The tangents of these; null for none.</param>
    protected abstract Tensor?[] Tangents(Tensor[] used, Tensor?[] tangents);
}

/// <summary>One that replays a graph.</summary>
/// <param name="name">The function, for messages.</param>
/// <param name="graph">What it did: from what it used to its results and what is kept.</param>
/// <param name="results">The number of results.</param>
/// <param name="isRecorded">Whether its ops are on the trace, too.</param>
internal sealed class GraphRecomputation(string name, Graph graph, int results, bool isRecorded)
    : Recomputation(name, graph.Outputs.Count, graph.Inputs.Count, isRecorded)
{
    /// <inheritdoc/>
    public override Tensor?[] Gradients(Tensor?[] cotangents, Tensor[] outputs, Tensor[] used, Func<int, bool> needs)
    {
        int[] wanted = [.. Enumerable.Range(0, Inputs).Where(needs)];
        int[] given = [.. Enumerable.Range(0, Outputs).Where(i => cotangents[i] is not null)];

        // Behind a barrier: otherwise what is computed again would be found to be what was computed before, and that be kept.
        Tensor[] operands = [.. used, .. outputs.Skip(results), .. given.Select(i => cotangents[i]!)];
        operands = Trace.Current is { IsSymbolic: true } trace
            ? F.Barrier.BindAll(new BarrierSettings(trace.Ops.Count), operands)
            : operands;
        var (values, ops) = Again(operands[..^given.Length], needs);
        var pulled = Backward.Run(
            ops, [.. given.Select(i => values[graph.Outputs[i]])], operands[^given.Length..],
            [.. wanted.Select(i => values[graph.Inputs[i]])]);
        var gradients = new Tensor?[Inputs];
        for (var k = 0; k < wanted.Length; k++)
        {
            gradients[wanted[k]] = pulled[k];
        }

        return gradients;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Tangents(Tensor[] used, Tensor?[] tangents)
    {
        var (values, ops) = Again(used, i => tangents[i] is not null);
        return Forward.Run(
            ops, [.. graph.Inputs.Select(input => values[input])], tangents, [.. graph.Outputs.Select(output => values[output])],
            mayReplace: false);
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

/// <summary>A name that policies of <see cref="Grad.Checkpoint{T, TResult}"/> look for.</summary>
internal sealed record CheckpointNameSettings(string Name) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("name", Name)];
}
