using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.BorderPadding;
using static Brachy.F;

namespace Brachy;

/// <summary>The border, last dim first, and where its values come from.</summary>
internal sealed record PadBorderSettings(Shape Pad, string Mode) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("pad", Pad), ("mode", Mode)];
}

// Borders made of the tensor's own elements. Source: pytorch.org/docs/stable/generated/torch.nn.functional.pad.html.
public static partial class F
{
    /// <summary>Adds a border around a tensor. Element type: as x.</summary>
    /// <param name="x">
    /// Any tensor for <c>"constant"</c>. For the other modes [N, C, ...] or [C, ...] with one to three more dims, all of them padded.
    /// </param>
    /// <param name="pad">
    /// Elements before and after, for the last dim, then for the one before it, and so on. Negative numbers cut elements off.
    /// </param>
    /// <param name="mode">
    /// Where the border comes from: <c>"constant"</c>, one value; <c>"reflect"</c>, the elements mirrored at the edge, which is not
    /// repeated; <c>"replicate"</c>, the edge itself; <c>"circular"</c>, the opposite end.
    /// </param>
    /// <param name="value">The value of a constant border.</param>
    /// <exception cref="ShapeException">
    /// The list does not fit the tensor, cuts off more than there is, or mirrors or wraps more than there is.
    /// </exception>
    /// <exception cref="DTypeException">
    /// x is bool, and the mode reflects or replicates; or the element type does not hold the value.
    /// </exception>
    /// <exception cref="ArgumentException">There is no such mode, or the value is not 0 and the mode is not constant.</exception>
    public static Tensor pad(Tensor x, PadWidths pad, string mode, double value = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mode);
        if (mode is not ("constant" or "reflect" or "replicate" or "circular"))
        {
            throw new ArgumentException(
                $"pad: there is no mode \"{mode}\"; use \"constant\", \"reflect\", \"replicate\" or \"circular\".", nameof(mode));
        }

        if (mode == "constant")
        {
            return F.pad(x, pad, value);
        }

        if (value != 0)
        {
            throw new ArgumentException($"pad: mode \"{mode}\" takes no value, but it is {value}.", nameof(value));
        }

        return mode == "circular" ? pad_circular(x, pad.ToArray()) : pad_border(x, new PadBorderSettings(pad.ToArray(), mode));
    }

    internal static readonly Primitive<PadBorderSettings> PadBorder = new("pad_border")
    {
        Abstract = x => PaddedType(x, 0),
        Eager = x => torch.nn.functional.pad(x[0], x.Settings.Pad.Sizes, IsReflect(x) ? PaddingModes.Reflect : PaddingModes.Replicate),
        Script = x => $"torch.{BorderKernel(x)}({x[0]}, {Script.Ints(x.Settings.Pad)})",
        Batching = BatchedBorder,
        Vjp = Vjp.Rule<PadBorderSettings>((g, y, x) => [pad_border_backward(g, x[0], x.Settings)]),
        Jvp = Jvp.Linear(),
    };

    // Operands: gradient of the padded tensor, and the tensor for its shape.
    internal static readonly Primitive<PadBorderSettings> PadBorderBackward = new("pad_border_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "gradient");
            Shapes.RequireSameDType(x, 0, 1);
            var padded = PaddedType(x, 1);
            return x[0].Shape == padded.Shape
                ? new TensorType(x[1].Shape, x[1].DType, x.Device)
                : throw new ShapeException($"pad_border_backward: the gradient must have shape {padded.Shape}, but is {x[0]}.");
        },
        Eager = x =>
            PadBorderBackwardKernels[(IsReflect(x) ? 0 : 3) + (x.Settings.Pad.Length / 2) - 1].Invoke([x[0], x[1]], x.Settings.Pad.Sizes),
        Script = x => $"torch.{BorderKernel(x)}_backward({x[0]}, {x[1]}, {Script.Ints(x.Settings.Pad)})",
        Batching = BatchedBorder,
        Vjp = Vjp.Rule<PadBorderSettings>((g, y, x) => [x.If(0, () => pad_border(g, x.Settings)), null]),
        Jvp = Jvp.Linear(0),
    };
}

/// <summary>Padding with what lies at the border.</summary>
file static class BorderPadding
{
    public static Tensor pad_border(Tensor x, PadBorderSettings settings) => PadBorder.Bind(settings, x);

    public static Tensor pad_border_backward(Tensor g, Tensor x, PadBorderSettings settings) => PadBorderBackward.Bind(settings, g, x);

    public static readonly ScriptFunction[] PadBorderBackwardKernels =
    [
        .. from kernel in new[] { "reflection", "replication" }
           from dims in Enumerable.Range(1, 3)
           let names = Enumerable.Range(0, 2 * dims).Select(i => $"p{i}").ToArray()
           select new ScriptFunction(
               $"""
               def main(g, x, {string.Join(", ", names.Select(n => n + ": int"))}):
                   return (torch.{kernel}_pad{dims}d_backward(g, x, [{string.Join(", ", names)}]), )

               """,
               1),
    ];

    /// <summary>Batches: that of the images, if they have one.</summary>
    public static Batching BatchedBorder { get; } = Batching.Either(
        x => x.Types[^1].Rank == (((PadBorderSettings)x.Settings).Pad.Length / 2) + 1, BatchedFamilies.LastDims, Batching.Folded);

    public static bool IsReflect(IRuleArgs<PadBorderSettings> x) => x.Settings.Mode is "reflect";

    public static string BorderKernel(IRuleArgs<PadBorderSettings> x) =>
        $"{(IsReflect(x) ? "reflection" : "replication")}_pad{x.Settings.Pad.Length / 2}d";

    /// <summary>The type of a tensor with a border; throws what the user sees.</summary>
    public static TensorType PaddedType(AbstractArgs<PadBorderSettings> x, int operand)
    {
        var type = x[operand];
        if (type.DType == DType.Bool)
        {
            throw new DTypeException($"pad: x must hold numbers, but is {type}; cast it with x.to(DType.UInt8).");
        }

        return new(PaddedShape(type.Shape, x.Settings.Pad.Sizes, x.Settings.Mode), type.DType, type.Device);
    }

    private static Shape PaddedShape(Shape shape, ReadOnlySpan<long> pad, string mode)
    {
        var text = $"[{string.Join(", ", pad.ToArray())}]";
        var dims = pad.Length / 2;
        if (pad.Length is not (2 or 4 or 6) || (shape.Rank != dims + 1 && shape.Rank != dims + 2))
        {
            throw new ShapeException(
                $"pad: mode \"{mode}\" pads the last one to three dims of [N, C, …] or [C, …], two numbers for each, but pad is {text} and "
                + $"x has shape {shape}.");
        }

        if (shape.Skip(shape.Rank - dims - 1).Contains(0))
        {
            throw new ShapeException(
                $"pad: mode \"{mode}\" needs elements to repeat, but x has shape {shape}; only the batch may have size 0.");
        }

        var sizes = shape.ToArray();
        for (var i = 0; i < dims; i++)
        {
            var at = shape.Rank - 1 - i;
            var (before, after, size) = (pad[2 * i], pad[(2 * i) + 1], sizes[at]);
            if (Math.Min(before, after) < -PadLimits.Largest || Math.Max(before, after) > PadLimits.Largest || size + before + after < 1)
            {
                throw new ShapeException($"pad: {text} leaves nothing of dim {at} of {shape}, or adds more than any memory holds.");
            }

            var most = mode switch
            {
                "reflect" => size - 1,
                "circular" => size + Math.Min(before, 0) + Math.Min(after, 0),
                _ => PadLimits.Largest,
            };
            if (Math.Max(before, after) > most)
            {
                throw new ShapeException($"pad: {text} takes more than the {Math.Max(most, 0)} elements that mode \"{mode}\" can take from "
                    + $"dim {at} of {shape}.");
            }

            sizes[at] = size + before + after;
        }

        return Shape.Own(sizes);
    }

    public static Tensor pad_circular(Tensor x, ReadOnlySpan<long> pad)
    {
        PaddedShape(x.shape, pad, "circular");
        for (var i = 0; i < pad.Length / 2; i++)
        {
            var dim = x.ndim - 1 - i;
            var middle = slice(x, dim, Math.Max(-pad[2 * i], 0), x.size(dim) - Math.Max(-pad[(2 * i) + 1], 0));
            var (before, after) = (Math.Max(pad[2 * i], 0), Math.Max(pad[(2 * i) + 1], 0));
            Tensor[] parts =
            [
                .. before > 0 ? [slice(middle, dim, middle.size(dim) - before)] : Array.Empty<Tensor>(),
                middle,
                .. after > 0 ? [slice(middle, dim, 0, after)] : Array.Empty<Tensor>(),
            ];
            x = parts.Length == 1 ? middle : cat(parts, dim);
        }

        return x;
    }
}
