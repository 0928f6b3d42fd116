namespace Brachy;

/// <summary>
/// Says to <c>Jit.Compile</c> which sizes of an argument change from call to call: one compiled version serves all of them. Equal names, of
/// any arguments, are equal sizes.
/// </summary>
/// <param name="argument">The position of the argument, from 0.</param>
/// <param name="names">
/// The names of the dims, outermost first; null for one of a fixed size. They count for every tensor of the argument, or for those under
/// <see cref="Member"/>; tensors without such a dim are left as they are.
/// </param>
/// <example><code>Jit.Compile(score, varying: [new(1, "batch", "time")])</code></example>
public sealed class VaryingDims(int argument, params string?[] names)
{
    /// <summary>The position of the argument, from 0.</summary>
    public int Argument { get; } = argument;

    /// <summary>The names of the dims, outermost first; null for one of a fixed size.</summary>
    public IReadOnlyList<string?> Names { get; } = names;

    /// <summary>The path, below the argument, of the tensors that are meant, such as <c>Observations</c>; null for all of them.</summary>
    public string? Member { get; init; }

    /// <summary>
    /// The size by which the compiler decides what depends on sizes, such as threads and layouts; 0, as it is by default, for that of the
    /// first call. It counts for all names here.
    /// </summary>
    public long Typical { get; init; }
}
