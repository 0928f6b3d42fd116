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
    private readonly Tensor[] _constants;
    private readonly TensorType[] _resultTypes;
    private readonly bool _isBestOnOneThread;

    public TorchScriptExecutable(Graph graph, MemoryPlan plan)
        : base(graph, plan)
    {
        _constants = [.. graph.Constants.Select(c => c.Value)];
        _resultTypes = [.. plan.NativeResults.Select(v => v.Type)];
        _isBestOnOneThread = ThreadPolicy.IsBestOnOneThread(graph);
        if (plan.NativeResults.Count > 0)
        {
            Script = ScriptWriter.Write(graph, plan);
            _unit = graph.Equations.Any(e => e.Primitive.NeedsArchive) ? ScriptHandle.CompileArchive(Script) : ScriptHandle.Compile(Script);
        }
    }

    public override string? Script { get; }

    /// <summary>The native code; null when there is nothing to compute.</summary>
    public ScriptHandle? Unit => _unit;

    public override Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer)
    {
        Span<nint> results = stackalloc nint[_resultTypes.Length];
        if (_unit is not null)
        {
            Invoke(_unit, inputs, results);
        }

        foreach (var input in Plan.SharedInputs)
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
                    _resultTypes[plan.Index], new Buffer(results[plan.Index], plan.Bytes, plan.IsShared, isOfInferenceMode: true)),
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

    public override bool IsDisposed => _unit?.IsClosed == true;

    public override void Dispose() => _unit?.Dispose();

    private void Invoke(ScriptHandle unit, ReadOnlySpan<Tensor> inputs, Span<nint> results)
    {
        var count = inputs.Length + _constants.Length;
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

            for (var i = 0; i < _constants.Length; i++)
            {
                arguments[inputs.Length + i] = new TensorOrScalar { Handle = _constants[i].Buffer.Handle };
            }

            using var threads = new SingleThreaded(_isBestOnOneThread);
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
