namespace Brachy.Compilation;

/// <summary>A compiled graph.</summary>
/// <param name="graph">The graph.</param>
/// <param name="donated">For each input whether a run takes it over.</param>
internal abstract class Executable(Graph graph, bool[] donated) : IDisposable
{
    public Graph Graph { get; } = graph;

    /// <summary>For each input whether a run takes it over.</summary>
    public bool[] Donated { get; } = donated;

    /// <summary>The name of the backend that made it, for spans.</summary>
    public abstract string BackendName { get; }

    /// <summary>In how many runs, from the first on, the backend goes on optimising.</summary>
    public virtual int OptimizingRuns => 0;

    /// <summary>Whether the runs are over in which the backend optimises.</summary>
    public virtual bool IsSettled => true;

    /// <summary>The TorchScript that runs, if any.</summary>
    public virtual string? Script => null;

    /// <summary>Runs the graph. Donated inputs are given up when it succeeds, and stay as they are when it fails.</summary>
    /// <param name="inputs">One concrete tensor for each graph input.</param>
    /// <param name="consumer">Who takes the donated inputs, for messages.</param>
    /// <param name="paths">The names of the inputs, for messages.</param>
    /// <exception cref="ArgumentException">A donated tensor is passed twice.</exception>
    /// <exception cref="DonatedTensorException">An input was given away before, or to a call that is running on another thread.</exception>
    /// <exception cref="ObjectDisposedException">An input was freed; or this was, before the run.</exception>
    /// <exception cref="NativeOpException">A kernel failed. Inputs that it left half overwritten are given up.</exception>
    public abstract Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer, IReadOnlyList<string>? paths);

    /// <summary>Whether the executable was dropped, so that runs throw <see cref="ObjectDisposedException"/> before they start.</summary>
    public abstract bool IsDisposed { get; }

    public abstract void Dispose();
}
