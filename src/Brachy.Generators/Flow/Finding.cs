using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>What may be wrong in code that is traced.</summary>
internal enum FindingKind
{
    /// <summary>A side effect, or a value that differs from call to call.</summary>
    Effect,

    /// <summary>The value of a tensor is read.</summary>
    Read,

    /// <summary>A module that is no argument.</summary>
    KeptModule,

    /// <summary>A tensor that is no argument, and may be replaced by another.</summary>
    KeptTensor,
}

/// <summary>Something that traced code cannot do, or does once for many calls.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="What">How messages name it.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Place">Where it is.</param>
internal sealed record Finding(FindingKind Kind, string What, string Advice, Location Place)
{
    public static Finding? Of(IOperation operation, TracedFunction function) =>
        ImpureCode.Of(operation, function) is var (effect, advice) ? new(FindingKind.Effect, effect, advice, operation.Syntax.GetLocation())
        : TensorReads.Of(operation, function) is var (read, instead) ? new(FindingKind.Read, read, instead, operation.Syntax.GetLocation())
        : KeptState.Of(operation, function);
}
