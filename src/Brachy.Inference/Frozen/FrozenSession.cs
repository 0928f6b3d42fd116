using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>
/// A place to run a frozen model in: memory for its inputs and results, for some sizes. A call allocates nothing. One thread at a time may
/// use it; a model has as many sessions as are asked for.
/// </summary>
public sealed unsafe class FrozenSession
{
    // Of an array, less what its beginning may be moved by.
    internal const long MostBytes = 0x7FFFFFC7 - FrozenFile.Alignment;

    private readonly FrozenModel _model;
    private readonly CompiledModel _compiled;
    private readonly byte[][] _inputs;
    private readonly byte[][] _results;
    private readonly byte[] _scratch;
    private readonly nint[] _pointers;

    internal FrozenSession(FrozenModel model, CompiledModel compiled)
    {
        (_model, _compiled) = (model, compiled);
        var routine = compiled.Routine;
        _inputs = [.. routine.Inputs.Select(input => Memory(input.Type.ByteSize))];
        _results = [.. routine.NewResults.Select(result => Memory(result.Type.ByteSize))];
        _scratch = Memory(compiled.ScratchBytes);
        var weights = compiled.WeightOffsets.Select(offset => model.Weights.Start + (nint)offset);
        _pointers = GC.AllocateUninitializedArray<nint>(
            _inputs.Length + compiled.WeightOffsets.Length + _results.Length + 2, pinned: true);
        nint[] pointers = [.. _inputs.Select(Start), .. weights, .. _results.Select(Start), Start(_scratch), Start(compiled.Packed)];
        pointers.CopyTo(_pointers, 0);
        Inputs = [.. model.Inputs.Select((input, i) => input with { Shape = routine.Inputs[i].Type.Shape, Dims = [] })];
        Results = [.. model.Results.Select((result, i) => result with { Shape = routine.OutputTypes[i].Shape })];
    }

    /// <summary>The inputs, with the sizes that they have here.</summary>
    public IReadOnlyList<FrozenTensor> Inputs { get; }

    /// <summary>The results, with the sizes that they have here.</summary>
    public IReadOnlyList<FrozenTensor> Results { get; }

    /// <summary>The elements of an input, in row-major order, to be written before a run. They stay as they are until then.</summary>
    /// <typeparam name="T">float, double, long or bool, as the input is.</typeparam>
    /// <param name="index">Which of the <see cref="Inputs"/>.</param>
    /// <exception cref="ArgumentException">There is no such input, or it has another element type.</exception>
    public Span<T> Input<T>(int index = 0)
        where T : unmanaged
    {
        Require<T>(Inputs, index);
        return Elements<T>(_inputs[index], _compiled.Routine.Inputs[index].Type);
    }

    /// <summary>The elements of an input by its name.</summary>
    /// <inheritdoc cref="Input{T}(int)"/>
    public Span<T> Input<T>(string name)
        where T : unmanaged => Input<T>(Find(Inputs, name));

    /// <summary>Computes the results.</summary>
    /// <exception cref="NativeOpException">An index is out of range.</exception>
    public void Run()
    {
        var before = ThreadTeam.ThreadsOfCaller;
        ThreadTeam.ThreadsOfCaller = _model.Options.Threads;
        try
        {
            fixed (nint* memory = _pointers)
            {
                foreach (var step in _compiled.Steps)
                {
                    step(memory);
                }
            }
        }
        finally
        {
            ThreadTeam.ThreadsOfCaller = before;
        }

        // The weights belong to the model, and the arrays are only known by their addresses.
        GC.KeepAlive(_model);
        GC.KeepAlive(this);
    }

    /// <summary>The elements of a result, in row-major order, of the last run; zeros before the first.</summary>
    /// <typeparam name="T">float, double, long or bool, as the result is.</typeparam>
    /// <param name="index">Which of the <see cref="Results"/>.</param>
    /// <exception cref="ArgumentException">There is no such result, or it has another element type.</exception>
    public ReadOnlySpan<T> Result<T>(int index = 0)
        where T : unmanaged
    {
        Require<T>(Results, index);
        var (plan, type) = (_compiled.Routine.Outputs[index], _compiled.Routine.OutputTypes[index]);
        return plan.Source switch
        {
            OutputSource.Native => Elements<T>(_results[plan.Index], type),
            OutputSource.Duplicate => Result<T>(plan.Index),
            OutputSource.Constant => Copy<T>(_model.Weights.Start + (nint)_compiled.WeightOffsets[plan.Index], type),
            _ => Elements<T>(_inputs[plan.Index], type),
        };
    }

    /// <summary>The elements of a result by its name.</summary>
    /// <inheritdoc cref="Result{T}(int)"/>
    public ReadOnlySpan<T> Result<T>(string name)
        where T : unmanaged => Result<T>(Find(Results, name));

    internal void CopyInput<T>(ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        var input = Input<T>();
        if (elements.Length != input.Length)
        {
            throw new ArgumentException($"The input is {Inputs[0]}, {input.Length} elements, but {elements.Length} are given.");
        }

        elements.CopyTo(input);
    }

    internal void CopyResult<T>(Span<T> elements)
        where T : unmanaged
    {
        var result = Result<T>();
        if (elements.Length != result.Length)
        {
            throw new ArgumentException($"The result is {Results[0]}, {result.Length} elements, but there is room for {elements.Length}.");
        }

        result.CopyTo(elements);
    }

    internal static byte[] Memory(long bytes) => bytes <= MostBytes
        ? GC.AllocateArray<byte>((int)bytes + FrozenFile.Alignment, pinned: true)
        : throw new FrozenModelException($"A tensor of {bytes} bytes is larger than an array.");

    private static int Skipped(byte[] memory) =>
        (int)(-(nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory)) & (FrozenFile.Alignment - 1));

    internal static nint Start(byte[] memory) =>
        (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory)) + Skipped(memory);

    private static Span<T> Elements<T>(byte[] memory, TensorType type)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(memory.AsSpan(Skipped(memory), (int)type.ByteSize));

    private static ReadOnlySpan<T> Copy<T>(nint from, TensorType type)
        where T : unmanaged => new ReadOnlySpan<T>((void*)from, (int)type.Shape.NumElements).ToArray();

    private static int Find(IReadOnlyList<FrozenTensor> tensors, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (var i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Name == name)
            {
                return i;
            }
        }

        throw new ArgumentException(
            $"There is no '{name}'; there are {string.Join(", ", tensors.Select(tensor => tensor.Name))}.", nameof(name));
    }

    private static void Require<T>(IReadOnlyList<FrozenTensor> tensors, int index)
    {
        if (index < 0 || index >= tensors.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {tensors.Count}, from 0 on.");
        }

        var expected = tensors[index].DType switch
        {
            DType.Float32 => typeof(float),
            DType.Float64 => typeof(double),
            DType.Int64 => typeof(long),
            DType.Bool => typeof(bool),
            var other => throw new ArgumentException($"{tensors[index].Name} is {other.Name()}, which no kernel here reads."),
        };
        if (typeof(T) != expected)
        {
            throw new ArgumentException($"{tensors[index]} has elements of type {expected.Name}, not {typeof(T).Name}.");
        }
    }
}
