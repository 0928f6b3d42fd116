using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>A vector program. Runs may overlap: each has scratch memory of its own.</summary>
internal sealed unsafe class VectorExecutable : PlannedExecutable
{
    private const int Alignment = 64;
    private const int StackLimit = 256;

    private readonly VectorStep[] _steps;
    private readonly Buffer[] _constants;
    private readonly int _scratchBytes;
    private readonly byte[] _packed;
    private byte[]? _idleScratch;

    public VectorExecutable(Graph graph, MemoryPlan plan, bool[] donated, VectorProgram program)
        : base(graph, plan, donated)
    {
        NativeRuntime.EnsureLoaded();
        _steps = [.. program.Steps];

        _constants = [.. graph.Constants.Select(
            (c, i) => Constants[i].DenseMemory(c.Value.numel()) != 0 ? Constants[i] : F.contiguous(c.Value).Alias().BeginUse())];
        _scratchBytes = HasRoomFor(program)
            ? (int)program.ScratchBytes + Alignment
            : throw new NotSupportedException($"Vector code has no {program.ScratchBytes} bytes for intermediate values; use "
                + $"{nameof(Backend)}.{nameof(Backend.Default)}.");
        _packed = Pack(program);
    }

    /// <summary>Whether the intermediate values of a program have room in one array.</summary>
    public static bool HasRoomFor(VectorProgram program) =>
        Math.Max(program.ScratchBytes, program.PackedBytes) <= Array.MaxLength - Alignment;

    public override string BackendName => Backend.VectorCode.Name;

    public override bool IsDisposed => false;

    public override void Dispose()
    {
    }

    protected override void Compute(in RunMemory memory)
    {
        var (firstConstant, firstResult) = (Graph.Inputs.Count, Graph.Inputs.Count + _constants.Length);
        var scratch = Interlocked.Exchange(ref _idleScratch, null) ?? GC.AllocateUninitializedArray<byte>(_scratchBytes, pinned: true);
        Span<nint> results = Plan.ReturnedResults <= StackLimit ? stackalloc nint[Plan.ReturnedResults] : new nint[Plan.ReturnedResults];
        results.Clear();
        List<Tensor>? copies = null;
        var pointers = new nint[firstResult + results.Length + 2];
        var isDone = false;
        try
        {
            for (var i = 0; i < firstConstant; i++)
            {
                pointers[i] = Reads[i] ? MemoryOf(Graph.Inputs[i].Type, memory[i], ref copies) : 0;
            }

            for (var i = firstConstant; i < firstResult; i++)
            {
                pointers[i] = MemoryOf(Graph.Constants[i - firstConstant].Var.Type, _constants[i - firstConstant], ref copies);
            }

            for (var i = 0; i < results.Length; i++)
            {
                results[i] = NewMemory.Of(Plan.NativeResults[i].Type);
                pointers[firstResult + i] = TorchNative.DataOf(results[i]);
            }

            ThreadTeam.ThreadsOfCaller = ThreadCount.OfThisThread;
            fixed (byte* start = scratch, packed = _packed)
            {
                pointers[^2] = Aligned(start);
                pointers[^1] = Aligned(packed);
                fixed (nint* layouts = pointers)
                {
                    foreach (var step in _steps)
                    {
                        step(layouts);
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

        memory.TakeResults(results, areOfTorchScript: false);

        // The constants belong to it.
        GC.KeepAlive(this);
    }

    private static nint Aligned(byte* start) => (nint)(start + Alignment - 1) & -Alignment;

    /// <summary>Brings constants into the orders that the steps read.</summary>
    private byte[] Pack(VectorProgram program)
    {
        var packed = GC.AllocateUninitializedArray<byte>(program.PackedBytes == 0 ? 0 : (int)program.PackedBytes + Alignment, pinned: true);
        var pointers = new nint[Graph.Inputs.Count + _constants.Length + Plan.ReturnedResults + 2];
        List<Tensor>? copies = null;
        for (var i = 0; i < _constants.Length; i++)
        {
            pointers[Graph.Inputs.Count + i] = MemoryOf(Graph.Constants[i].Var.Type, _constants[i], ref copies);
        }

        fixed (byte* start = packed)
        {
            LargePages.Prefer(start, packed.Length);
            pointers[^1] = Aligned(start);
            fixed (nint* layouts = pointers)
            {
                foreach (var step in program.Preparation)
                {
                    step(layouts);
                }
            }
        }

        copies?.ForEach(copy => copy.Dispose());
        return packed;
    }

    private static nint MemoryOf(TensorType type, Buffer buffer, ref List<Tensor>? copies)
    {
        var count = type.Shape.NumElements;
        var memory = buffer.DenseMemory(count);
        if (memory == 0)
        {
            var copy = F.contiguous(new Tensor(type, buffer));
            (copies ??= []).Add(copy);
            using var use = copy.Use();
            memory = use.Buffer.DenseMemory(count);
            if (memory == 0 && count > 0)
            {
                throw new NativeOpException($"A tensor {type} has another size in TorchSharp; make a new one instead of resizing it.");
            }
        }

        return memory;
    }
}
