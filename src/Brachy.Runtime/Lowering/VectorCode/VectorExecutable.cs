using Brachy.Native;

namespace Brachy;

/// <summary>A vector program. Runs may overlap: each has scratch memory of its own.</summary>
internal sealed unsafe class VectorExecutable : Executable
{
    private const int Alignment = 64;

    private readonly VectorStep[] _steps;
    private readonly Tensor[] _constants;
    private readonly int _scratchBytes;
    private byte[]? _idleScratch;

    public VectorExecutable(Graph graph, MemoryPlan plan, VectorProgram program)
        : base(graph, plan)
    {
        NativeRuntime.EnsureLoaded();
        _steps = [.. program.Steps];

        // Aliases, because a scope of the caller frees what is made while compiling.
        _constants = [.. graph.Constants.Select(c => c.Value.Buffer.DenseMemory(c.Value.numel()) != 0 ? c.Value : F.contiguous(c.Value).Alias())];
        _scratchBytes = program.ScratchBytes <= Array.MaxLength - Alignment
            ? (int)program.ScratchBytes + Alignment
            : throw new NotSupportedException($"Vector code has no {program.ScratchBytes} bytes for intermediate values; use {nameof(Backend)}.{nameof(Backend.Default)}.");
    }

    public override bool IsDisposed => false;

    public override Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer)
    {
        var (firstConstant, firstResult) = (inputs.Length, inputs.Length + _constants.Length);
        var scratch = Interlocked.Exchange(ref _idleScratch, null) ?? GC.AllocateUninitializedArray<byte>(_scratchBytes, pinned: true);
        Span<nint> results = stackalloc nint[Plan.ReturnedResults];
        results.Clear();
        List<Tensor>? copies = null;
        var pointers = new nint[firstResult + results.Length + 1];
        var isDone = false;
        try
        {
            for (var i = 0; i < firstResult; i++)
            {
                pointers[i] = MemoryOf(i < firstConstant ? inputs[i] : _constants[i - firstConstant], ref copies);
            }

            for (var i = 0; i < results.Length; i++)
            {
                results[i] = Allocate(Plan.NativeResults[i].Type);
                pointers[firstResult + i] = TorchNative.DataOf(results[i]);
            }

            fixed (byte* start = scratch)
            {
                pointers[^1] = (nint)(start + Alignment - 1) & -Alignment;
                fixed (nint* memory = pointers)
                {
                    foreach (var step in _steps)
                    {
                        step(memory);
                    }
                }
            }

            isDone = true;
        }
        finally
        {
            _idleScratch = scratch;
            copies?.ForEach(copy => copy.Dispose());
            for (var i = 0; i < results.Length && !isDone; i++)
            {
                if (results[i] != 0)
                {
                    TorchNative.DisposeTensor(results[i]);
                }
            }
        }

        // The memory belongs to the caller's tensors until here.
        for (var i = 0; i < inputs.Length; i++)
        {
            GC.KeepAlive(inputs[i]);
        }

        return MakeOutputs(inputs, results, consumer, areOfInferenceMode: false, mayShareInputs: false);
    }

    public override void Dispose()
    {
    }

    private static nint MemoryOf(Tensor tensor, ref List<Tensor>? copies)
    {
        var memory = tensor.Buffer.DenseMemory(tensor.numel());
        if (memory == 0)
        {
            var copy = F.contiguous(tensor);
            (copies ??= []).Add(copy);
            memory = copy.Buffer.DenseMemory(copy.numel());
            if (memory == 0 && tensor.numel() > 0)
            {
                throw new NativeOpException($"A tensor {tensor.Type} has another size in TorchSharp; make a new one instead of resizing it.");
            }
        }

        return memory;
    }

    private static nint Allocate(TensorType type)
    {
        fixed (long* sizes = type.Shape.Sizes)
        {
            var tensor = TorchNative.Empty(sizes, type.Rank, (sbyte)type.DType, device: 0, deviceIndex: -1, needsGradient: false);
            return tensor != 0 ? tensor : throw new NativeOpException($"There is no memory for a result {type}: {ScriptHandle.TakeError()}");
        }
    }
}
