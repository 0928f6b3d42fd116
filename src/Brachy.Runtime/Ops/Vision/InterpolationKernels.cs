using System.Collections.Concurrent;
using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.InterpolationRules;

namespace Brachy;

/// <summary>
/// How an image is resized. A scale is null where positions follow from the sizes; only those of the image's dims are used.
/// </summary>
internal record InterpolationSettings(
    string Mode, bool AlignCorners, bool Antialias, Shape Size, double? ScaleD, double? ScaleH, double? ScaleW) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
    [
        ("mode", Mode), ("align_corners", AlignCorners), ("antialias", Antialias), ("size", Size),
        .. new (string, object?)[] { ("scale_d", ScaleD), ("scale_h", ScaleH), ("scale_w", ScaleW) }[^Size.Length..],
    ];

    /// <summary>The scales of the spatial dims.</summary>
    public double?[] Scales => new[] { ScaleD, ScaleH, ScaleW }[^Size.Length..];

    /// <summary>Whether the value of a single element is taken.</summary>
    public bool IsNearest => Mode is "nearest" or "nearest-exact";

    /// <summary>Settings with the scales of the spatial dims, or without any.</summary>
    public static InterpolationSettings Of(string mode, bool alignCorners, bool antialias, Shape size, double[]? scales)
    {
        double? Scale(int fromEnd) => scales is not null && scales.Length >= fromEnd ? scales[^fromEnd] : null;
        return new(mode, alignCorners, antialias, size, Scale(3), Scale(2), Scale(1));
    }
}

/// <summary>How an image was resized, and its shape.</summary>
internal sealed record InterpolationBackwardSettings : InterpolationSettings
{
    public InterpolationBackwardSettings(InterpolationSettings forward, Shape inputSize)
        : base(forward) => InputSize = inputSize;

    /// <summary>The shape of the image.</summary>
    public Shape InputSize { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [.. base.Entries, ("input_size", InputSize)];
}

// Libtorch's kernels for interpolation, and their gradients.
public static partial class F
{
    internal static readonly Primitive<InterpolationSettings> Upsample = new("interpolate")
    {
        Abstract = x =>
        {
            RequireInterpolable(x, x.Settings);
            return x[0].WithShape(ResizedShape(x, x.Settings.Size, x[0].Shape));
        },
        Eager = x => Interpolated(x.Settings, x[0]),
        Script = x => $"torch.{KernelOf(x.Settings)}({x[0]}, {Script.Ints(x.Settings.Size)}{AlignmentAndScales(x.Settings)})",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule<InterpolationSettings>((g, y, x) => [interpolate_backward(g, x[0].shape, x.Settings)]),
        Jvp = Jvp.Linear(),
    };

    internal static readonly Primitive<InterpolationBackwardSettings> UpsampleBackward = new("interpolate_backward")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "the gradient");
            RequireInterpolable(x, x.Settings);
            var from = x.Settings.InputSize;
            var expected = ResizedShape(x, x.Settings.Size, from);
            return x[0].Shape == expected
                ? x[0].WithShape(from)
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have the shape of the result, {expected}.");
        },
        Eager = x => NativeUpsampleBackward(x.Settings).Invoke([x[0]], [.. x.Settings.Size, .. x.Settings.InputSize]),
        Script = x =>
            $"torch.{KernelOf(x.Settings)}_backward({x[0]}, {Script.Ints(x.Settings.Size)}, "
            + $"{Script.Ints(x.Settings.InputSize)}{AlignmentAndScales(x.Settings)})",

        // Linear in the gradient: its transpose is the interpolation itself.
        Batching = Batching.Multi<InterpolationBackwardSettings>(x => FoldedBatching.Run(
            x, x.Settings with { InputSize = [x.Size * x.Settings.InputSize[0], .. x.Settings.InputSize.Skip(1)] })),
        Vjp = Vjp.Rule<InterpolationBackwardSettings>((g, y, x) => [Upsample.Bind(x.Settings, g)]),
        Jvp = Jvp.Linear(0),
    };
}

/// <summary>The rules of interpolations.</summary>
file static class InterpolationRules
{
    public static Tensor interpolate_backward(Tensor g, Shape from, InterpolationSettings settings) =>
        UpsampleBackward.Bind(new InterpolationBackwardSettings(settings, from), g);

    public static void RequireInterpolable(AbstractArgs x, InterpolationSettings settings)
    {
        var dtype = x[0].DType;
        var isTaken = dtype switch
        {
            DType.Float32 or DType.Float64 => true,
            DType.Float16 or DType.BFloat16 => !settings.Antialias,
            DType.UInt8 => settings.Mode is not ("linear" or "trilinear"),
            _ => false,
        };
        if (!isTaken)
        {
            throw new DTypeException($"{x.Primitive.Name}: mode {settings.Mode}{(settings.Antialias ? " with antialias" : "")} does not "
                + $"take x {x[0]}; cast it with x.to(DType.Float32).");
        }
    }

    public static Shape ResizedShape(AbstractArgs x, Shape size, Shape from)
    {
        if (from.Rank != size.Length + 2 || from.AsSpan()[1..].Contains(0))
        {
            throw new ShapeException($"{x.Primitive.Name}: {from} must have {size.Length + 2} dims, and only the batch may be empty.");
        }

        return [.. from.AsSpan()[..2], .. size];
    }

    public static torch.Tensor Interpolated(InterpolationSettings settings, torch.Tensor x)
    {
        var scales = settings.Scales;
        var mode = settings.Mode switch
        {
            "nearest" => torch.InterpolationMode.Nearest,
            "nearest-exact" => torch.InterpolationMode.NearestExact,
            "linear" => torch.InterpolationMode.Linear,
            "bilinear" => torch.InterpolationMode.Bilinear,
            "bicubic" => torch.InterpolationMode.Bicubic,
            _ => torch.InterpolationMode.Trilinear,
        };

        // Libtorch warns when it is left to choose the alignment, and also of nearest-exact.
        bool? alignCorners = mode == torch.InterpolationMode.Nearest ? null : settings.AlignCorners;
        var isScaled = scales[0] is not null;
        return torch.nn.functional.interpolate(
            x, isScaled ? null : settings.Size.Sizes, isScaled ? Array.ConvertAll(scales, s => s!.Value) : null,
            mode, alignCorners, recompute_scale_factor: false, antialias: settings.Antialias);
    }

    public static string KernelOf(InterpolationSettings settings) => settings.Mode switch
    {
        "nearest" => $"upsample_nearest{settings.Size.Length}d",
        "nearest-exact" => $"_upsample_nearest_exact{settings.Size.Length}d",
        "linear" => "upsample_linear1d",
        "trilinear" => "upsample_trilinear3d",
        var mode => settings.Antialias ? $"_upsample_{mode}2d_aa" : $"upsample_{mode}2d",
    };

    public static string AlignmentAndScales(InterpolationSettings settings)
    {
        var scales = string.Concat(settings.Scales.Select(s => ", " + (s is { } scale ? Script.Real(scale) : "None")));
        return settings.IsNearest ? scales : $", {Script.Flag(settings.AlignCorners)}{scales}";
    }

    // TorchSharp has no function for these kernels. Scales are part of the text: programs use few different ones.
    private static readonly ConcurrentDictionary<string, ScriptFunction> s_upsampleBackward = new();

    public static ScriptFunction NativeUpsampleBackward(InterpolationSettings settings)
    {
        if (s_upsampleBackward.Count > 256)
        {
            s_upsampleBackward.Clear();
        }

        var n = settings.Size.Length;
        var sizes = Enumerable.Range(0, n).Select(i => $"s{i}").ToArray();
        var inputs = Enumerable.Range(0, n + 2).Select(i => $"i{i}").ToArray();
        var script = $"""
            def main(g, {string.Join(", ", sizes.Concat(inputs).Select(name => name + ": int"))}):
                return (torch.{KernelOf(settings)}_backward(
                    g, [{string.Join(", ", sizes)}], [{string.Join(", ", inputs)}]{AlignmentAndScales(settings)}),)

            """;
        return s_upsampleBackward.GetOrAdd(script, static text => new ScriptFunction(text, results: 1));
    }
}
