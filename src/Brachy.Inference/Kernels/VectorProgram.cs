namespace Brachy.Compilation;

/// <summary>A piece of a vector program.</summary>
/// <param name="memory">Where inputs, constants, results and the scratch memory lie.</param>
internal unsafe delegate void VectorStep(nint* memory);

/// <summary>A graph as steps over memory whose layout is known: what is a view needs no step.</summary>
/// <param name="Steps">What to do, in order.</param>
/// <param name="ScratchBytes">The size of the memory for intermediate values.</param>
/// <param name="CopiedElements">How many elements steps copy from one layout to another.</param>
/// <param name="Preparation">What to do once before, to bring constants into other orders.</param>
/// <param name="PackedBytes">The size of the memory for constants in other orders, which stays.</param>
internal sealed record VectorProgram(
    IReadOnlyList<VectorStep> Steps, long ScratchBytes, long CopiedElements, IReadOnlyList<VectorStep> Preparation, long PackedBytes);
