using Brachy.Extending;
using TorchSharp;
using static Brachy.MatrixRules;

namespace Brachy;

// Constant borders and triangles.
public static partial class F
{
    /// <summary>Adds a border of one value around a tensor. Element type: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="pad">
    /// Elements before and after, for the last dim, then for the one before it, and so on. Negative numbers cut elements off.
    /// </param>
    /// <param name="value">The value of the border.</param>
    /// <exception cref="ShapeException">The list has an odd length, is too long, or cuts off more than there is.</exception>
    /// <exception cref="DTypeException">The element type does not hold the value.</exception>
    public static Tensor pad(Tensor x, PadWidths pad, double value = 0) =>
        Pad.Bind(new PadSettings(pad.ToArray(), value), x);

    internal static readonly Primitive<PadSettings> Pad = new("pad")
    {
        Abstract = x =>
        {
            var pad = x.Settings.Pad;
            var sizes = x[0].Shape.ToArray();
            if (pad.Length % 2 != 0 || pad.Length / 2 > sizes.Length)
            {
                throw new ShapeException($"pad: [{string.Join(", ", pad)}] must hold two numbers for each padded dim, and {x[0].Shape} has "
                    + $"{sizes.Length} dims.");
            }

            for (var i = 0; i < pad.Length; i++)
            {
                var dim = sizes.Length - 1 - (i / 2);
                if (pad[i] > PadLimits.Largest)
                {
                    throw new ShapeException(
                        $"pad: [{string.Join(", ", pad)}] adds more to dim {dim} of {x[0].Shape} than any memory holds.");
                }

                sizes[dim] += pad[i];
                if (pad[i] < -x[0].Shape[dim] || sizes[dim] < 0)
                {
                    throw new ShapeException(
                        $"pad: [{string.Join(", ", pad)}] cuts more off dim {dim} of {x[0].Shape} than its {x[0].Shape[dim]} elements.");
                }
            }

            if (!x[0].DType.Holds(x.Settings.Value))
            {
                throw new DTypeException($"pad: {x[0].DType.Name()}, the type of x ({x[0]}), does not hold the value {x.Settings.Value}; "
                    + "cast x with x.to(DType.Float32).");
            }

            return new TensorType(Shape.Own(sizes), x[0].DType, x[0].Device);
        },
        Eager = x => torch.nn.functional.pad(x[0], x.Settings.Pad.Sizes, PaddingModes.Constant, x.Settings.Value),
        Script = x => $"torch.constant_pad_nd({x[0]}, {Script.Ints(x.Settings.Pad)}, {Script.Real(x.Settings.Value)})",
        Batching = BatchedFamilies.LastDims,
        Vjp = Vjp.Rule<PadSettings>((g, y, x) => [pad(g, Array.ConvertAll(x.Settings.Pad.Sizes, n => -n))]),
        Jvp = Jvp.Rule<PadSettings>((t, y, x) => x.Primitive.BindUntyped(x.Settings with { Value = 0 }, t[0]!)[0]),
    };

    /// <summary>The lower triangle of the last two dims; zero above it.</summary>
    /// <param name="x">A tensor with at least two dims.</param>
    /// <param name="diagonal">The last diagonal that stays: 0 the main one, positive above it.</param>
    /// <exception cref="ShapeException">There are fewer than two dims.</exception>
    public static Tensor tril(Tensor x, long diagonal = 0) => Tril.Bind(new TriangleSettings(diagonal), x);

    internal static readonly Primitive<TriangleSettings> Tril = new("tril")
    {
        Abstract = Matrices,
        Eager = x => x[0].tril(x.Settings.Diagonal),
        Script = x => $"torch.tril({x[0]}, {x.Settings.Diagonal})",
        Batching = BatchedFamilies.LastDims,
        Vjp = Vjp.Rule<TriangleSettings>((g, y, x) => [tril(g, x.Settings.Diagonal)]),
        Jvp = Jvp.Linear(),
    };

    /// <summary>The upper triangle of the last two dims; zero below it.</summary>
    /// <param name="x">A tensor with at least two dims.</param>
    /// <param name="diagonal">The first diagonal that stays: 0 the main one, positive above it.</param>
    /// <exception cref="ShapeException">There are fewer than two dims.</exception>
    public static Tensor triu(Tensor x, long diagonal = 0) => Triu.Bind(new TriangleSettings(diagonal), x);

    internal static readonly Primitive<TriangleSettings> Triu = new("triu")
    {
        Abstract = Matrices,
        Eager = x => x[0].triu(x.Settings.Diagonal),
        Script = x => $"torch.triu({x[0]}, {x.Settings.Diagonal})",
        Batching = BatchedFamilies.LastDims,
        Vjp = Vjp.Rule<TriangleSettings>((g, y, x) => [triu(g, x.Settings.Diagonal)]),
        Jvp = Jvp.Linear(),
    };
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.tril"/>
    public Tensor tril(long diagonal = 0) => F.tril(this, diagonal);

    /// <inheritdoc cref="F.triu"/>
    public Tensor triu(long diagonal = 0) => F.triu(this, diagonal);
}

/// <summary>Types of triangles.</summary>
file static class MatrixRules
{
    public static TensorTypes Matrices(AbstractArgs x) => x[0].Rank >= 2
        ? x[0].WithShape(x[0].Shape)
        : throw new ShapeException($"{x.Primitive.Name}: x must have at least 2 dims, but is {x[0]}.");
}
