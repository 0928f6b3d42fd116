namespace Brachy;

/// <summary>Turns graphs into something that runs.</summary>
public abstract class Backend
{
    private protected Backend(string name) => Name = name;

    /// <summary>The default: one native call into libtorch's TorchScript interpreter.</summary>
    public static Backend TorchScript { get; } = new TorchScriptBackend();

    /// <summary>The reference: every equation runs its eager kernel, one after the other.</summary>
    public static Backend Interpreter { get; } = new InterpreterBackend();

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal abstract Executable Compile(Graph graph, bool[] donated);
}

/// <summary>A compiled graph.</summary>
internal abstract class Executable(Graph graph, MemoryPlan plan) : IDisposable
{
    public Graph Graph { get; } = graph;

    public MemoryPlan Plan { get; } = plan;

    /// <summary>The TorchScript that runs, if any.</summary>
    public virtual string? Script => null;

    /// <summary>Runs the graph. Inputs that the plan overwrites must be the only users of contiguous memory.</summary>
    /// <param name="inputs">One concrete tensor for each graph input.</param>
    /// <param name="consumer">Who takes the donated inputs, for messages.</param>
    public abstract Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer);

    /// <summary>Whether the executable was dropped, so that runs throw <see cref="ObjectDisposedException"/> before they start.</summary>
    public abstract bool IsDisposed { get; }

    public abstract void Dispose();
}
