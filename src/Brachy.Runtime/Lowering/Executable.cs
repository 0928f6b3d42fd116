using Brachy.Native;

namespace Brachy;

/// <summary>A compiled graph.</summary>
/// <param name="graph">The graph.</param>
/// <param name="plan">What its code overwrites, and where the results come from.</param>
/// <param name="donated">For each input whether a run takes it over.</param>
internal abstract class Executable(Graph graph, MemoryPlan plan, bool[] donated) : IDisposable
{
    // In use for good: whoever frees the constants of a graph that it was shown must not free what code reads.
    private readonly Buffer[] _constants = [.. graph.Constants.Select(c => c.Value.BeginUse())];

    public Graph Graph { get; } = graph;

    public MemoryPlan Plan { get; } = plan;

    /// <summary>For each input whether a run takes it over.</summary>
    public bool[] Donated { get; } = donated;

    public bool TakesDonations { get; } = donated.Contains(true);

    /// <summary>The TorchScript that runs, if any.</summary>
    public virtual string? Script => null;

    /// <summary>For each input whether an equation reads it. The code is not given the others, which need not be in use.</summary>
    public bool[] Reads { get; } = FindReads(graph);

    /// <summary>Runs the graph. Donated inputs are given up when it succeeds, and stay as they are when it fails.</summary>
    /// <param name="inputs">One concrete tensor for each graph input.</param>
    /// <param name="consumer">Who takes the donated inputs, for messages.</param>
    /// <param name="paths">The names of the inputs, for messages.</param>
    /// <exception cref="ArgumentException">A donated tensor is passed twice.</exception>
    /// <exception cref="DonatedTensorException">An input was given away before, or to a call that is running on another thread.</exception>
    /// <exception cref="ObjectDisposedException">An input was freed; or this was, before the run.</exception>
    /// <exception cref="NativeOpException">A kernel failed. Inputs that it left half overwritten are given up.</exception>
    public Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer, IReadOnlyList<string>? paths)
    {
        using var memory = new RunInputs(inputs, this, consumer, paths);
        var outputs = new Tensor[Plan.Outputs.Count];
        try
        {
            Compute(memory, outputs);
        }
        catch (NativeOpException) when (Plan.MayFailAfterOverwriting)
        {
            memory.GiveUpOverwritten();
            throw;
        }

        for (var i = 0; i < outputs.Length; i++)
        {
            var plan = Plan.Outputs[i];
            outputs[i] = plan.Source switch
            {
                OutputSource.Native => outputs[i],
                OutputSource.Input or OutputSource.OverwrittenInput => memory.Pass(plan.Index),
                OutputSource.Constant => new Tensor(Graph.Constants[plan.Index].Var.Type, _constants[plan.Index].Alias()),
                OutputSource.Literal => Tensor.OfNumber(((Literal)Graph.Outputs[i]).Value),
                _ => outputs[plan.Index],
            };
        }

        memory.FreeDonated();
        return outputs;
    }

    /// <summary>Whether the executable was dropped, so that runs throw <see cref="ObjectDisposedException"/> before they start.</summary>
    public abstract bool IsDisposed { get; }

    public abstract void Dispose();

    /// <summary>The memory of the tensors that the graph captured, which the executable uses as long as it lives.</summary>
    protected ReadOnlySpan<Buffer> Constants => _constants;

    /// <summary>Computes the results that come from the code.</summary>
    /// <param name="inputs">The memory of the inputs; where the plan overwrites it, nothing else sees it, and it is contiguous.</param>
    /// <param name="outputs">Receives the results whose source is <see cref="OutputSource.Native"/>.</param>
    protected abstract void Compute(in RunInputs inputs, Tensor[] outputs);

    private static bool[] FindReads(Graph graph)
    {
        var read = graph.Equations.SelectMany(equation => equation.Inputs).ToHashSet();
        return [.. graph.Inputs.Select(read.Contains)];
    }

    /// <summary>Makes results of native tensors, and frees those that are none.</summary>
    /// <param name="results">The native tensors, in the order of the plan.</param>
    /// <param name="areOfInferenceMode">Whether they were made in inference mode.</param>
    /// <param name="outputs">Receives the results.</param>
    protected void TakeResults(ReadOnlySpan<nint> results, bool areOfInferenceMode, Tensor[] outputs)
    {
        for (var i = 0; i < outputs.Length; i++)
        {
            var plan = Plan.Outputs[i];
            if (plan.Source == OutputSource.Native)
            {
                outputs[i] = new Tensor(
                    Plan.NativeResults[plan.Index].Type, new Buffer(results[plan.Index], plan.Bytes, plan.IsShared, areOfInferenceMode));
            }
        }

        for (var i = Plan.ReturnedResults; i < results.Length; i++)
        {
            TorchNative.DisposeTensor(results[i]);
        }
    }
}
