using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Functions of single elements that can follow a product.</summary>
internal static unsafe class Activations
{
    /// <summary>Whether an instruction is one.</summary>
    public static bool Has(Instruction instruction) => instruction.Inputs.Count == 1 && (IsRelu(instruction)
        || (instruction.Inputs[0].Type.DType == DType.Float32 ? Of<float>(instruction) is not null
            : instruction.Inputs[0].Type.DType == DType.Float64 && Of<double>(instruction) is not null));

    /// <summary>Whether negative numbers become 0, and nothing else changes.</summary>
    public static bool IsRelu(Instruction instruction) => instruction.Op == "relu";

    /// <summary>The function, of so many elements in place; null where there is none.</summary>
    public static delegate*<T*, int, void> Of<T>(Instruction instruction)
        where T : unmanaged =>
        instruction.Op == "sigmoid" ? &Sigmoid
        : instruction.Op == "tanh" ? &Tanh
        : instruction.Op == "silu" ? &Silu
        : instruction.Op == "gelu" && typeof(T) == typeof(float) && instruction.Settings is GeluSettings { Approximate: "none" } ? &Gelu
        : null;

    private static void Sigmoid<T>(T* x, int count)
        where T : unmanaged => VectorMath.Sigmoid(new ReadOnlySpan<T>(x, count), new Span<T>(x, count));

    private static void Tanh<T>(T* x, int count)
        where T : unmanaged => VectorMath.Tanh(new ReadOnlySpan<T>(x, count), new Span<T>(x, count));

    private static void Silu<T>(T* x, int count)
        where T : unmanaged => VectorMath.Silu(new ReadOnlySpan<T>(x, count), new Span<T>(x, count));

    private static void Gelu<T>(T* x, int count)
        where T : unmanaged => VectorMath.Map(new ReadOnlySpan<float>(x, count), new Span<float>(x, count), default(GeluFunction));
}
