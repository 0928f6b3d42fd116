namespace Brachy;

/// <summary>
/// A compiled version was dropped because its function had more than it may keep. If it is called for again, it is traced and compiled
/// again.
/// </summary>
/// <param name="Function">The function's name.</param>
/// <param name="Number">Which eviction of this function it was, from 1.</param>
/// <param name="Limit">How many versions the function keeps.</param>
/// <param name="Shapes">The tensors of the arguments that the dropped version was for: path and type of each; of many the first.</param>
public sealed record JitEviction(string Function, int Number, int Limit, IReadOnlyList<string> Shapes)
{
    /// <summary>One line.</summary>
    public override string ToString() =>
        $"eviction {Number} of {Function}, limit {Limit}: the version for ({string.Join(", ", Shapes)})";
}
