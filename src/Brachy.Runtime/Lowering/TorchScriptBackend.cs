using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy;

/// <summary>Compiles a graph to one TorchScript function.</summary>
internal sealed class TorchScriptBackend() : Backend("torchscript")
{
    internal override Executable Compile(Graph graph, bool[] donated)
    {
        NativeRuntime.EnsureLoaded();
        return new TorchScriptExecutable(graph, MemoryPlan.Make(graph, donated));
    }
}

/// <summary>A TorchScript function; a run is one native call.</summary>
internal sealed unsafe class TorchScriptExecutable : Executable
{
    private const int StackLimit = 256;

    private static readonly byte[] s_functionName = [.. System.Text.Encoding.ASCII.GetBytes(ScriptWriter.FunctionName), 0];

    private readonly ScriptHandle? _unit;

    public TorchScriptExecutable(Graph graph, MemoryPlan plan)
        : base(graph, plan)
    {
        RunsOnOneThread = ThreadPolicy.IsBestOnOneThread(graph) && !CompilerPasses.IsDisabled(CompilerPasses.OneThread);
        if (plan.NativeResults.Count > 0)
        {
            Script = ScriptWriter.Write(graph, plan);
            _unit = graph.Equations.Any(e => e.Primitive.NeedsArchive) ? ScriptHandle.CompileArchive(Script) : ScriptHandle.Compile(Script);
        }
    }

    public override string? Script { get; }

    public bool RunsOnOneThread { get; }

    /// <summary>The native code; null when there is nothing to compute.</summary>
    public ScriptHandle? Unit => _unit;

    public override Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer)
    {
        Span<nint> results = stackalloc nint[Plan.NativeResults.Count];
        if (_unit is not null)
        {
            Invoke(_unit, inputs, results);
        }

        return MakeOutputs(inputs, results, consumer, areOfInferenceMode: true, mayShareInputs: true);
    }

    public override bool IsDisposed => _unit?.IsClosed == true;

    public override void Dispose() => _unit?.Dispose();

    private void Invoke(ScriptHandle unit, ReadOnlySpan<Tensor> inputs, Span<nint> results)
    {
        var count = inputs.Length + Constants.Length;
        TensorOrScalar* arguments = stackalloc TensorOrScalar[Math.Min(count, StackLimit)];
        var allocated = count > StackLimit ? (TensorOrScalar*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(TensorOrScalar)) : null;
        if (allocated is not null)
        {
            arguments = allocated;
        }

        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                arguments[i] = new TensorOrScalar { Handle = inputs[i].Buffer.Handle };
            }

            for (var i = 0; i < Constants.Length; i++)
            {
                arguments[inputs.Length + i] = new TensorOrScalar { Handle = Constants[i].Buffer.Handle };
            }

            using var threads = new SingleThreaded(RunsOnOneThread);
            using var mode = InferenceMode.Enter();
            unit.Invoke(s_functionName, arguments, count, results);
        }
        finally
        {
            NativeMemory.Free(allocated);
        }

        // The handles passed are owned by buffers that the caller's tensors keep alive until here.
        for (var i = 0; i < inputs.Length; i++)
        {
            GC.KeepAlive(inputs[i]);
        }
    }
}
