namespace Brachy.Compilation;

/// <summary>Where a result of a compiled graph comes from.</summary>
internal enum OutputSource
{
    /// <summary>New memory, returned by the native code; the index counts native results.</summary>
    Native,

    /// <summary>An input, unchanged.</summary>
    Input,

    /// <summary>The memory of a donated input, overwritten.</summary>
    OverwrittenInput,

    /// <summary>A constant; the index counts constants.</summary>
    Constant,

    /// <summary>A plain number.</summary>
    Literal,

    /// <summary>The same value as an earlier result, which the index names.</summary>
    Duplicate,
}

/// <summary>One result: where it comes from, whether other tensors may see its memory, and how much memory lives through it.</summary>
internal readonly record struct OutputPlan(OutputSource Source, int Index, bool IsShared, long Bytes = 0);
