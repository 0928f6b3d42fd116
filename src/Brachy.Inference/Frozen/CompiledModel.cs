using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>The steps of a frozen model for some sizes.</summary>
internal sealed class CompiledModel
{
    private FrozenSession? _idle;

    private CompiledModel(long[] sizes, Routine routine, AlignedMemory weights, VectorProgram? program)
    {
        Packed = FrozenSession.Memory(program?.PackedBytes ?? 0);
        (Sizes, Routine, WeightOffsets) = (sizes, routine, FrozenFile.WeightOffsets(routine).Offsets);
        Steps = [.. program?.Steps ?? []];
        ScratchBytes = program?.ScratchBytes ?? 0;
        if (program is not null)
        {
            Prepare(program.Preparation, weights);
        }
    }

    /// <summary>The sizes that vary.</summary>
    public long[] Sizes { get; }

    public Routine Routine { get; }

    public VectorStep[] Steps { get; }

    public long ScratchBytes { get; }

    /// <summary>Weights in the orders that the steps read.</summary>
    public byte[] Packed { get; }

    /// <summary>Where each of the weights begins.</summary>
    public long[] WeightOffsets { get; }

    /// <param name="routine">What to compute.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="sizes">The sizes that vary.</param>
    /// <param name="options">How much memory there may be.</param>
    /// <param name="description">The sizes, for messages; empty when none varies.</param>
    /// <exception cref="FrozenModelException">It needs more memory, or does what no kernel does.</exception>
    /// <exception cref="ArgumentException">Something is to be made of nothing.</exception>
    public static CompiledModel Of(Routine routine, AlignedMemory weights, long[] sizes, FrozenOptions options, string description)
    {
        if (FrozenFile.WeightOffsets(routine).Total != weights.Bytes)
        {
            throw new FrozenModelException("The frozen model is damaged: the sizes of its weights vary.");
        }

        Int128 bytes = 0;
        foreach (var value in routine.Inputs.Concat(routine.NewResults))
        {
            bytes += value.Type.ByteSize;
        }

        if (bytes > options.MaxSessionBytes)
        {
            throw TooLarge(bytes);
        }

        if (HasNothing(routine))
        {
            return routine.NewResults.All(result => result.Type.Shape.NumElements == 0) ? new(sizes, routine, weights, null)
                : throw new ArgumentException(
                    $"{(description.Length > 0 ? description : "A model with values without elements")} is not served by this frozen "
                    + "model: its results would be made of values without elements.");
        }

        VectorProgram? program;
        VectorRefusal? refusal;
        try
        {
            (program, refusal) = VectorCompiler.Compile(routine, InferenceKernels.All);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException or IndexOutOfRangeException or KeyNotFoundException
            or InvalidCastException or NullReferenceException)
        {
            throw new FrozenModelException($"The frozen model is damaged: {error.Message}", error);
        }

        if (program is null)
        {
            throw new FrozenModelException(
                $"The frozen model needs {refusal}{(description.Length > 0 ? $" for {description}" : "")}, which no kernel here computes.");
        }

        bytes += program.ScratchBytes;
        return bytes <= options.MaxSessionBytes && Math.Max(program.ScratchBytes, program.PackedBytes) <= FrozenSession.MostBytes
            ? new(sizes, routine, weights, program) : throw TooLarge(bytes);

        FrozenModelException TooLarge(Int128 needed) => new(
            $"A session{(description.Length > 0 ? $" for {description}" : "")} needs {needed} bytes, more than {nameof(FrozenOptions)}."
            + $"{nameof(FrozenOptions.MaxSessionBytes)} = {options.MaxSessionBytes}; raise it if the model is meant to be so large.");
    }

    private unsafe void Prepare(IReadOnlyList<VectorStep> preparation, AlignedMemory weights)
    {
        var pointers = new nint[Routine.Inputs.Count + WeightOffsets.Length + Routine.NewResults.Count + 2];
        for (var i = 0; i < WeightOffsets.Length; i++)
        {
            pointers[Routine.Inputs.Count + i] = weights.Start + (nint)WeightOffsets[i];
        }

        pointers[^1] = FrozenSession.Start(Packed);
        LargePages.Prefer((byte*)pointers[^1], Packed.Length - FrozenFile.Alignment);
        fixed (nint* memory = pointers)
        {
            foreach (var step in preparation)
            {
                step(memory);
            }
        }

        GC.KeepAlive(weights);
    }

    private static bool HasNothing(Routine routine) => routine.Instructions
        .Any(instruction => instruction.Inputs.Concat(instruction.Outputs).Any(value => value.Type.Shape.NumElements == 0)
            || instruction.Bodies.Any(HasNothing));

    /// <summary>A session that nobody uses; null when there is none.</summary>
    public FrozenSession? TakeIdle() => Interlocked.Exchange(ref _idle, null);

    public void GiveBack(FrozenSession session) => _idle = session;
}
