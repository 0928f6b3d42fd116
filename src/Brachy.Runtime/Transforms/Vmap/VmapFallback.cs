namespace Brachy;

/// <summary>An op of a function under <see cref="Vmap"/> runs sample by sample, since it has no rule for batches.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Primitive">The op.</param>
/// <param name="Size">How many samples the batch has.</param>
public sealed record VmapFallback(string Function, string Primitive, long Size)
{
    /// <summary>One line.</summary>
    public override string ToString() => $"vmap of {Function}: '{Primitive}' runs {Size} times, sample by sample";
}
