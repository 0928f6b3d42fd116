using Brachy.Native;

namespace Brachy;

/// <summary>Turns graphs into something that runs.</summary>
public abstract class Backend
{
    private protected Backend(string name) => Name = name;

    /// <summary><see cref="VectorCode"/> for small graphs that it can run and that gain by it, <see cref="TorchScript"/> for all others.</summary>
    public static Backend Default { get; } = new DefaultBackend();

    /// <summary>One native call into libtorch's TorchScript interpreter.</summary>
    public static Backend TorchScript { get; } = new TorchScriptBackend();

    /// <summary>
    /// Steps of vector instructions in C#, without libtorch and on one thread: for small graphs, which libtorch would spend more time on than their
    /// arithmetic takes. A graph with a primitive, type or setting that it does not know cannot be compiled (<see cref="NotSupportedException"/>).
    /// </summary>
    public static Backend VectorCode { get; } = new VectorBackend();

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
    private readonly Tensor[] _constants = [.. graph.Constants.Select(c => c.Value)];

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

    /// <summary>The tensors that the graph captured.</summary>
    protected ReadOnlySpan<Tensor> Constants => _constants;

    /// <summary>Puts the results together as the plan says.</summary>
    /// <param name="inputs">The inputs of the run.</param>
    /// <param name="results">The native tensors that it made.</param>
    /// <param name="consumer">Who takes the donated inputs, for messages.</param>
    /// <param name="areOfInferenceMode">Whether the native tensors were made in inference mode.</param>
    /// <param name="mayShareInputs">Whether they may lie in the memory of inputs.</param>
    protected Tensor[] MakeOutputs(
        ReadOnlySpan<Tensor> inputs, ReadOnlySpan<nint> results, string consumer, bool areOfInferenceMode, bool mayShareInputs)
    {
        foreach (var input in mayShareInputs ? Plan.SharedInputs : [])
        {
            inputs[input].Buffer.IsShared = true;
        }

        var outputs = new Tensor[Plan.Outputs.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            var plan = Plan.Outputs[i];
            outputs[i] = plan.Source switch
            {
                OutputSource.Native => new Tensor(
                    Plan.NativeResults[plan.Index].Type, new Buffer(results[plan.Index], plan.Bytes, plan.IsShared, areOfInferenceMode)),
                OutputSource.Input => inputs[plan.Index],
                OutputSource.OverwrittenInput => new Tensor(inputs[plan.Index].Type, inputs[plan.Index].Donate(consumer)),
                OutputSource.Constant => _constants[plan.Index].Alias(),
                OutputSource.Literal => Tensor.OfNumber(((Literal)Graph.Outputs[i]).Value),
                _ => outputs[plan.Index],
            };
        }

        for (var i = Plan.ReturnedResults; i < results.Length; i++)
        {
            TorchNative.DisposeTensor(results[i]);
        }

        return outputs;
    }
}
