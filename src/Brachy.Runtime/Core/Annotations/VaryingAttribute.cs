namespace Brachy;

/// <summary>
/// Names sizes of a <c>[Jit]</c> method's parameter that change from call to call: one compiled version serves all of them. Equal names,
/// of any parameters, are equal sizes.
/// </summary>
/// <remarks>
/// The names are those of the dims, outermost first; null for a dim whose size is fixed. They count for every tensor of the parameter, or
/// for those under <see cref="Member"/>; tensors without such a dim are left as they are. Several attributes of one parameter add up.
/// </remarks>
/// <param name="names">The names of the dims, outermost first; null for one of a fixed size.</param>
/// <example><code>[Jit] static Tensor Score(StructureTree model, [Varying("batch", "time")] Tensor tokens)</code></example>
[AttributeUsage(AttributeTargets.Parameter, AllowMultiple = true)]
public sealed class VaryingAttribute(params string?[] names) : Attribute
{
    /// <summary>The names of the dims, outermost first; null for one of a fixed size.</summary>
    public IReadOnlyList<string?> Names { get; } = names;

    /// <summary>The path, below the parameter, of the tensors that are meant, such as <c>Observations</c>; null for all of them.</summary>
    public string? Member { get; set; }

    /// <summary>
    /// The size by which the compiler decides what depends on sizes, such as threads and layouts; 0, as it is by default, for that of the
    /// first call. It counts for all names of this attribute.
    /// </summary>
    public long Typical { get; set; }
}
