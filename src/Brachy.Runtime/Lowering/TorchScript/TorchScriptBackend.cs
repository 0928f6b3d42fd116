using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy.Compilation;

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

    /// <summary>The inputs that the script takes.</summary>
    private readonly int[] _read;

    public TorchScriptExecutable(Graph graph, MemoryPlan plan, bool[] donated)
        : base(graph, plan, donated)
    {
        RunsOnOneThread = ThreadPolicy.IsBestOnOneThread(graph) && !CompilerPasses.IsDisabled(CompilerPasses.OneThread);
        if (graph.AllEquations().Any(e => e.Primitive == F.Convolution || e.Primitive == F.ConvolutionBackward))
        {
            ConvolutionSelfCheck.AllowsOneDnn();
        }

        if (plan.NativeResults.Count > 0)
        {
            Script = ScriptWriter.Write(graph, plan, Reads);
            _unit = graph.AllEquations().Any(e => e.Primitive.NeedsArchive)
                ? ScriptHandle.CompileArchive(Script)
                : ScriptHandle.Compile(Script);
        }

        _read = [.. Reads.Index().Where(input => input.Item).Select(input => input.Index)];
    }

    public override string BackendName => Backend.TorchScript.Name;

    public override int OptimizingRuns => _unit is null ? 0 : ScriptHandle.OptimizingRuns;

    public override bool IsSettled => _unit?.IsSettled != false;

    public override string? Script { get; }

    public bool RunsOnOneThread { get; }

    /// <summary>The native code; null when there is nothing to compute.</summary>
    public ScriptHandle? Unit => _unit;

    public override bool IsDisposed => _unit?.IsClosed == true;

    public override void Dispose() => _unit?.Dispose();

    protected override void Compute(in RunMemory memory)
    {
        if (_unit is null)
        {
            return;
        }

        var count = Plan.NativeResults.Count;
        Span<nint> results = count <= StackLimit ? stackalloc nint[count] : new nint[count];
        Invoke(_unit, memory, results);
        memory.TakeResults(results, areOfTorchScript: true);
    }

    private void Invoke(ScriptHandle unit, in RunMemory memory, Span<nint> results)
    {
        var count = _read.Length + Constants.Length;
        TensorOrScalar* arguments = stackalloc TensorOrScalar[Math.Min(count, StackLimit)];
        var allocated = count > StackLimit ? (TensorOrScalar*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(TensorOrScalar)) : null;
        if (allocated is not null)
        {
            arguments = allocated;
        }

        try
        {
            for (var i = 0; i < _read.Length; i++)
            {
                arguments[i] = new TensorOrScalar { Handle = memory[_read[i]].Handle };
            }

            for (var i = 0; i < Constants.Length; i++)
            {
                arguments[_read.Length + i] = new TensorOrScalar { Handle = Constants[i].Handle };
            }

            unit.Invoke(
                s_functionName, arguments, count, results, RunMode.Inference | (RunsOnOneThread ? RunMode.OneThread : RunMode.Plain));
        }
        finally
        {
            NativeMemory.Free(allocated);
        }

        // The constants belong to it.
        GC.KeepAlive(this);
    }
}
