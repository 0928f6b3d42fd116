using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>One use of a primitive that the table-driven test runs through every rule.</summary>
/// <param name="Primitive">The primitive.</param>
/// <param name="Case">What is special about this row.</param>
/// <param name="Inputs">Makes the operands anew; the same each time.</param>
/// <param name="Settings">Its settings.</param>
public sealed record OpSample(Primitive Primitive, string Case, Func<Tensor[]> Inputs, Settings? Settings = null)
{
    /// <summary>Operands that gradients are checked for; null for every floating-point one.</summary>
    public int[]? DifferentiateBy { get; init; }

    /// <summary>
    /// What values and gradients are taken through: from any operands to such as the primitive is meant for, and from those to
    /// themselves. Null for nothing.
    /// </summary>
    public Func<Tensor[], Tensor[]>? Through { get; init; }

    /// <summary>Why libtorch's autograd cannot check this row (finite differences still do), or null.</summary>
    public string? NoAutograd { get; init; }

    /// <summary>Why second derivatives are not checked, or null.</summary>
    public string? NoSecondOrder { get; init; }

    /// <summary>Largest allowed relative difference.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>
    /// How many times more than elsewhere kernels for two layouts may differ: sums of hundreds of products round by
    /// the size of their terms.
    /// </summary>
    public double RoundingFactor { get; init; } = 1;

    public override string ToString() => $"{Primitive.Name}: {Case}";
}
