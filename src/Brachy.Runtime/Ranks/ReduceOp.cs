namespace Brachy.Ranks;

/// <summary>How the values of all ranks become one.</summary>
internal enum ReduceOp : byte
{
    /// <summary>The sum; integers wrap around.</summary>
    Sum,

    /// <summary>The largest value, or NaN where one is; of bools, whether any is true.</summary>
    Max,

    /// <summary>The smallest value, or NaN where one is; of bools, whether all are true.</summary>
    Min,
}
