using System.Collections.Concurrent;
using Brachy.Extending;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

// Libtorch's kernels for interpolation, and their gradients.
public static partial class F
{
    internal static readonly Primitive<Attributes> Upsample = new("interpolate")
    {
        Abstract = x =>
        {
            RequireInterpolable(x);
            return x[0].WithShape(ResizedShape(x, x[0].Shape));
        },
        Eager = x => Interpolated(x, x[0]),
        Script = x => $"torch.{KernelOf(x)}({x[0]}, {Script.Ints(x.Ints("size"))}{AlignmentAndScales(x)})",
        Vjp = Vjp.Rule((g, y, x) => [interpolate_backward(g, x)]),
    };

    private static Tensor interpolate_backward(Tensor g, VjpArgs x) => UpsampleBackward.Bind(
        Attributes.Of([.. x.Attributes.Where(a => a.Key != "input_size").Select(a => (a.Key, a.Value)), ("input_size", x[0].shape.ToArray())]), g);

    internal static readonly Primitive<Attributes> UpsampleBackward = new("interpolate_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "the gradient");
            RequireInterpolable(x);
            Shape from = x.Ints("input_size");
            var expected = ResizedShape(x, from);
            return x[0].Shape == expected
                ? x[0].WithShape(from)
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have the shape of the result, {expected}.");
        },
        Eager = x => NativeUpsampleBackward(x).Invoke([x[0]], [.. x.Ints("size"), .. x.Ints("input_size")]),
        Script = x =>
            $"torch.{KernelOf(x)}_backward({x[0]}, {Script.Ints(x.Ints("size"))}, {Script.Ints(x.Ints("input_size"))}{AlignmentAndScales(x)})",

        // Linear in the gradient: its transpose is the interpolation itself.
        Vjp = Vjp.Rule((g, y, x) => [Upsample.Bind(x.Attributes, g)]),
    };

    /// <summary>The names of the settings that hold the scales of the last dims; a scale is null where positions follow from the sizes.</summary>
    private static string[] ScaleNames(int spatialDims) => new[] { "scale_d", "scale_h", "scale_w" }[^spatialDims..];

    private static double?[] Scales(RuleArgs x) => Array.ConvertAll(ScaleNames(x.Ints("size").Length), name => (double?)x.Attributes[name]);

    private static string Mode(RuleArgs x) => (string)x.Attributes["mode"]!;

    private static bool IsNearest(RuleArgs x) => Mode(x) is "nearest" or "nearest-exact";

    private static void RequireInterpolable(AbstractArgs x)
    {
        var dtype = x[0].DType;
        var isTaken = dtype switch
        {
            DType.Float32 or DType.Float64 => true,
            DType.Float16 or DType.BFloat16 => !x.Flag("antialias"),
            DType.UInt8 => Mode(x) is not ("linear" or "trilinear"),
            _ => false,
        };
        if (!isTaken)
        {
            throw new DTypeException($"{x.Primitive.Name}: mode {Mode(x)}{(x.Flag("antialias") ? " with antialias" : "")} does not take x {x[0]}; cast it with x.to(DType.Float32).");
        }
    }

    private static Shape ResizedShape(AbstractArgs x, Shape from)
    {
        var size = x.Ints("size");
        if (from.Rank != size.Length + 2 || from.AsSpan()[1..].Contains(0))
        {
            throw new ShapeException($"{x.Primitive.Name}: {from} must have {size.Length + 2} dims, and only the batch may be empty.");
        }

        return [.. from.AsSpan()[..2], .. size];
    }

    private static torch.Tensor Interpolated(RuleArgs settings, torch.Tensor x)
    {
        var scales = Scales(settings);
        var mode = Mode(settings) switch
        {
            "nearest" => torch.InterpolationMode.Nearest,
            "nearest-exact" => torch.InterpolationMode.NearestExact,
            "linear" => torch.InterpolationMode.Linear,
            "bilinear" => torch.InterpolationMode.Bilinear,
            "bicubic" => torch.InterpolationMode.Bicubic,
            _ => torch.InterpolationMode.Trilinear,
        };

        // Libtorch warns when it is left to choose the alignment, and also of nearest-exact.
        bool? alignCorners = mode == torch.InterpolationMode.Nearest ? null : settings.Flag("align_corners");
        var isScaled = scales[0] is not null;
        return torch.nn.functional.interpolate(
            x, isScaled ? null : settings.Ints("size"), isScaled ? Array.ConvertAll(scales, s => s!.Value) : null,
            mode, alignCorners, recompute_scale_factor: false, antialias: settings.Flag("antialias"));
    }

    private static string KernelOf(RuleArgs x) => Mode(x) switch
    {
        "nearest" => $"upsample_nearest{x.Ints("size").Length}d",
        "nearest-exact" => $"_upsample_nearest_exact{x.Ints("size").Length}d",
        "linear" => "upsample_linear1d",
        "trilinear" => "upsample_trilinear3d",
        var mode => x.Flag("antialias") ? $"_upsample_{mode}2d_aa" : $"upsample_{mode}2d",
    };

    private static string AlignmentAndScales(RuleArgs x)
    {
        var scales = string.Concat(Scales(x).Select(s => ", " + (s is { } scale ? Script.Real(scale) : "None")));
        return IsNearest(x) ? scales : $", {Script.Flag(x.Flag("align_corners"))}{scales}";
    }

    // TorchSharp has no function for these kernels. Scales are part of the text: programs use few different ones.
    private static readonly ConcurrentDictionary<string, ScriptFunction> s_upsampleBackward = new();

    private static ScriptFunction NativeUpsampleBackward(RuleArgs x)
    {
        if (s_upsampleBackward.Count > 256)
        {
            s_upsampleBackward.Clear();
        }

        var n = x.Ints("size").Length;
        var sizes = Enumerable.Range(0, n).Select(i => $"s{i}").ToArray();
        var inputs = Enumerable.Range(0, n + 2).Select(i => $"i{i}").ToArray();
        var script = $"""
            def main(g, {string.Join(", ", sizes.Concat(inputs).Select(name => name + ": int"))}):
                return (torch.{KernelOf(x)}_backward(
                    g, [{string.Join(", ", sizes)}], [{string.Join(", ", inputs)}]{AlignmentAndScales(x)}),)

            """;
        return s_upsampleBackward.GetOrAdd(script, static text => new ScriptFunction(text, results: 1));
    }
}
