namespace Brachy.Compilation;

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

    /// <summary>The name of the backend that made it, for spans.</summary>
    public abstract string BackendName { get; }

    /// <summary>In how many runs, from the first on, the backend goes on optimising.</summary>
    public virtual int OptimizingRuns => 0;

    /// <summary>Whether the runs are over in which the backend optimises.</summary>
    public virtual bool IsSettled => true;

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
        using var memory = new RunMemory(inputs, this, consumer, paths);
        try
        {
            Compute(memory);
        }
        catch (NativeOpException) when (Plan.MayFailAfterOverwriting)
        {
            memory.GiveUpOverwritten();
            throw;
        }

        return memory.Finish();
    }

    /// <summary>A constant as a result: a tensor of its own over the same memory.</summary>
    public Tensor ConstantAsResult(int constant) => new(Graph.Constants[constant].Var.Type, _constants[constant].Alias());

    /// <summary>Whether the executable was dropped, so that runs throw <see cref="ObjectDisposedException"/> before they start.</summary>
    public abstract bool IsDisposed { get; }

    public abstract void Dispose();

    /// <summary>The memory of the tensors that the graph captured, which the executable uses as long as it lives.</summary>
    protected ReadOnlySpan<Buffer> Constants => _constants;

    /// <summary>Computes the results whose source is <see cref="OutputSource.Native"/>, and hands them over.</summary>
    protected abstract void Compute(in RunMemory memory);

    /// <summary>For each input whether an equation reads it.</summary>
    public static bool[] FindReads(Graph graph)
    {
        var read = graph.Equations.SelectMany(equation => equation.Inputs).ToHashSet();
        return [.. graph.Inputs.Select(read.Contains)];
    }
}
