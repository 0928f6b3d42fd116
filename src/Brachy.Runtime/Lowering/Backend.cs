namespace Brachy.Compilation;

/// <summary>Turns graphs into something that runs.</summary>
public abstract class Backend
{
    private protected Backend(string name) => Name = name;

    /// <summary>
    /// <see cref="VectorCode"/> for small graphs that it can run and that gain by it, <see cref="TorchScript"/> for all others.
    /// </summary>
    public static Backend Default { get; } = new DefaultBackend();

    /// <summary>One native call into libtorch's TorchScript interpreter.</summary>
    public static Backend TorchScript { get; } = new TorchScriptBackend();

    /// <summary>
    /// Steps of vector instructions in C#, without libtorch: for small graphs, which libtorch would spend more time on than their
    /// arithmetic takes, and for large ones where its kernels measured faster than libtorch's. A graph with a primitive, type or setting
    /// that it does not know cannot be compiled (<see cref="NotSupportedException"/>).
    /// </summary>
    public static Backend VectorCode { get; } = new VectorBackend();

    /// <summary>The reference: every equation runs its eager kernel, one after the other.</summary>
    public static Backend Interpreter { get; } = new InterpreterBackend();

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The graph in ops that the backend has; before the passes.</summary>
    internal virtual Graph Prepare(Graph graph) => graph;

    /// <summary>Whether libtorch's kernels run its code, so that passes may choose among them.</summary>
    internal virtual bool IsForLibtorch => true;

    /// <summary>A backend to ask first for a graph, which may decline; null for none.</summary>
    internal virtual Backend? First(Graph graph) => null;

    /// <summary>Compiles a graph, or gives null for one that the backend does not take.</summary>
    internal virtual Executable? TryCompile(Graph graph, bool[] donated) => Compile(graph, donated);

    /// <summary>Compiles a graph in which ranks exchange tensors, or gives null for one that the backend does not take.</summary>
    internal virtual Executable? TryCompileStages(Graph graph, bool[] donated) => new StagedExecutable(graph, donated, this);

    /// <summary>Whether its code depends on sizes, so that there is none that serves several.</summary>
    internal virtual bool IsForFixedSizes => true;

    internal abstract Executable Compile(Graph graph, bool[] donated);
}
