using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>Compiles a graph to one TorchScript function.</summary>
internal sealed class TorchScriptBackend() : Backend("torchscript")
{
    internal override bool IsForFixedSizes => false;

    internal override Executable Compile(Graph graph, bool[] donated)
    {
        NativeRuntime.EnsureLoaded();
        return new TorchScriptExecutable(graph, MemoryPlan.Make(graph, donated), donated);
    }
}

/// <summary>A TorchScript function; a run is one native call.</summary>
internal sealed unsafe class TorchScriptExecutable : PlannedExecutable
{
    private const int StackLimit = 256;

    private static readonly byte[] s_functionName = [.. System.Text.Encoding.ASCII.GetBytes(ScriptWriter.FunctionName), 0];

    // What TorchSharp's native library calls an Int32; a tensor is 0.
    private const int Integer = 3;

    private readonly ScriptHandle? _unit;

    /// <summary>The inputs that the script takes.</summary>
    private readonly int[] _read;

    /// <summary>The sizes that the script takes before them.</summary>
    private readonly long[] _sizes;

    public TorchScriptExecutable(Graph graph, MemoryPlan plan, bool[] donated)
        : this(graph, plan, donated, plan.NativeResults.Count > 0 ? ScriptWriter.Write(graph, plan, FindReads(graph)) : null, [])
    {
    }

    /// <param name="graph">The graph.</param>
    /// <param name="plan">What its code overwrites, and where the results come from.</param>
    /// <param name="donated">For each input whether a run takes it over.</param>
    /// <param name="script">Its code; null when there is nothing to compute.</param>
    /// <param name="sizes">The sizes that the code takes before the inputs.</param>
    public TorchScriptExecutable(Graph graph, MemoryPlan plan, bool[] donated, string? script, long[] sizes)
        : this(
            graph, plan, donated, sizes, script, script is null ? null : Compile(graph, script),
            ThreadPolicy.IsBestOnOneThread(graph) && !CompilerPasses.IsDisabled(CompilerPasses.OneThread))
    {
    }

    private TorchScriptExecutable(
        Graph graph, MemoryPlan plan, bool[] donated, long[] sizes, string? script, ScriptHandle? unit, bool runsOnOneThread)
        : base(graph, plan, donated)
    {
        _read = [.. Reads.Index().Where(input => input.Item).Select(input => input.Index)];
        (_sizes, Script, _unit, RunsOnOneThread) = (sizes, script, unit, runsOnOneThread);
    }

    public override string BackendName => Backend.TorchScript.Name;

    public override int OptimizingRuns => _unit is null ? 0 : ScriptHandle.OptimizingRuns;

    public override bool IsSettled => _unit?.IsSettled != false;

    public override string? Script { get; }

    public bool RunsOnOneThread { get; }

    /// <summary>The native code; null when there is nothing to compute.</summary>
    public ScriptHandle? Unit => _unit;

    public override bool IsDisposed => _unit?.IsClosed == true;

    /// <summary>The same code for other sizes.</summary>
    /// <param name="sizes">The sizes.</param>
    /// <param name="plan">The plan for them.</param>
    /// <param name="isSmall">Whether one thread is best for them.</param>
    public TorchScriptExecutable WithSizes(long[] sizes, MemoryPlan plan, bool isSmall) =>
        new(Graph, plan, Donated, sizes, Script, _unit, isSmall);

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

    private static ScriptHandle Compile(Graph graph, string script)
    {
        if (graph.AllEquations().Any(e => e.Primitive == F.Convolution || e.Primitive == F.ConvolutionBackward))
        {
            ConvolutionSelfCheck.AllowsOneDnn();
        }

        return graph.AllEquations().Any(e => e.Primitive.NeedsArchive) ? ScriptHandle.CompileArchive(script) : ScriptHandle.Compile(script);
    }

    private void Invoke(ScriptHandle unit, in RunMemory memory, Span<nint> results)
    {
        var count = _sizes.Length + _read.Length + Constants.Length;
        TensorOrScalar* arguments = stackalloc TensorOrScalar[Math.Min(count, StackLimit)];
        var allocated = count > StackLimit ? (TensorOrScalar*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(TensorOrScalar)) : null;
        if (allocated is not null)
        {
            arguments = allocated;
        }

        try
        {
            for (var i = 0; i < _sizes.Length; i++)
            {
                arguments[i] = new TensorOrScalar { TypeCode = Integer, Handle = (nint)_sizes[i] };
            }

            for (var i = 0; i < _read.Length; i++)
            {
                arguments[_sizes.Length + i] = new TensorOrScalar { Handle = memory[_read[i]].Handle };
            }

            for (var i = 0; i < Constants.Length; i++)
            {
                arguments[_sizes.Length + _read.Length + i] = new TensorOrScalar { Handle = Constants[i].Handle };
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
