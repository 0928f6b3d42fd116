using System.Runtime.CompilerServices;

namespace Brachy.Optim;

/// <summary>Settings of optimizers, kept as tensors so that they can be scheduled and differentiated.</summary>
internal static class Hyperparameter
{
    // In float64: 1 - 0.999 would lose five digits in float32. A single number does not widen the params it meets.
    public static Tensor Of(double value) => F.full([], value, DType.Float64);

    /// <summary>State of zeros, or of another number, for each param of a model.</summary>
    public static StructureTree StateOf(StructureTree model, double value = 0) => model.GetParams().MapParamsBuffers((_, p) => F.full_like(p, value));

    public static void RequireNonNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "Must be finite and not negative.");
        }
    }

    /// <summary>An optimizer made without momentum has no state for it, and must not pass over a setting in silence.</summary>
    public static void RequireMomentum(bool hasMomentum, Tensor? setting)
    {
        if (!hasMomentum && setting is not null)
        {
            throw new ArgumentException("Momentum is set, but the optimizer was made without. Make it with a momentum other than 0; it can be set or scheduled then.");
        }
    }

    public static void RequireFraction(double value, bool closed = false, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= 0 && (value < 1 || (closed && value == 1))))
        {
            throw new ArgumentOutOfRangeException(name, value, closed ? "Must lie in [0, 1]." : "Must lie in [0, 1).");
        }
    }
}
