using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy;

/// <summary>Compiles a graph to one TorchScript function.</summary>
internal sealed class TorchScriptBackend() : Backend("torchscript")
{
    internal override Executable Compile(Graph graph, bool[] donated)
    {
        NativeRuntime.EnsureLoaded();
        return new TorchScriptExecutable(graph, MemoryPlan.Make(graph, donated), donated);
    }
}

/// <summary>A TorchScript function; a run is one native call.</summary>
internal sealed unsafe class TorchScriptExecutable : Executable
{
    private const int StackLimit = 256;

    private static readonly byte[] s_functionName = [.. System.Text.Encoding.ASCII.GetBytes(ScriptWriter.FunctionName), 0];

    private readonly ScriptHandle? _unit;

    public TorchScriptExecutable(Graph graph, MemoryPlan plan, bool[] donated)
        : base(graph, plan, donated)
    {
        RunsOnOneThread = ThreadPolicy.IsBestOnOneThread(graph) && !CompilerPasses.IsDisabled(CompilerPasses.OneThread);
        if (graph.Equations.Any(e => e.Primitive == F.Convolution || e.Primitive == F.ConvolutionBackward))
        {
            OneDnn.IsUsableHere();
        }

        if (plan.NativeResults.Count > 0)
        {
            Script = ScriptWriter.Write(graph, plan);
            _unit = graph.Equations.Any(e => e.Primitive.NeedsArchive) ? ScriptHandle.CompileArchive(Script) : ScriptHandle.Compile(Script);
        }

        Reads = [.. donated.Select(_ => _unit is not null)];
    }

    public override string? Script { get; }

    public bool RunsOnOneThread { get; }

    /// <summary>The native code; null when there is nothing to compute.</summary>
    public ScriptHandle? Unit => _unit;

    public override bool IsDisposed => _unit?.IsClosed == true;

    public override void Dispose() => _unit?.Dispose();

    protected override void Compute(in RunInputs inputs, Tensor[] outputs)
    {
        if (_unit is null)
        {
            return;
        }

        Span<nint> results = stackalloc nint[Plan.NativeResults.Count];
        Invoke(_unit, inputs, results);
        TakeResults(results, areOfInferenceMode: true, outputs);
        foreach (var input in Plan.SharedInputs)
        {
            inputs[input].IsShared = true;
        }
    }

    private void Invoke(ScriptHandle unit, in RunInputs inputs, Span<nint> results)
    {
        var count = Reads.Length + Constants.Length;
        TensorOrScalar* arguments = stackalloc TensorOrScalar[Math.Min(count, StackLimit)];
        var allocated = count > StackLimit ? (TensorOrScalar*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(TensorOrScalar)) : null;
        if (allocated is not null)
        {
            arguments = allocated;
        }

        try
        {
            for (var i = 0; i < Reads.Length; i++)
            {
                arguments[i] = new TensorOrScalar { Handle = inputs[i].Handle };
            }

            for (var i = 0; i < Constants.Length; i++)
            {
                arguments[Reads.Length + i] = new TensorOrScalar { Handle = Constants[i].Handle };
            }

            using var threads = new SingleThreaded(RunsOnOneThread);
            using var mode = InferenceMode.Enter();
            unit.Invoke(s_functionName, arguments, count, results);
        }
        finally
        {
            NativeMemory.Free(allocated);
        }

        // The constants belong to it.
        GC.KeepAlive(this);
    }
}
