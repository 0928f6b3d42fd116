using System.Runtime.InteropServices;
using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.FusedConvolutionRules;

namespace Brachy;

/// <summary>The settings of a convolution with what follows it.</summary>
internal sealed record FusedConvolutionSettings : ConvolutionSettings
{
    public FusedConvolutionSettings(ConvolutionSettings convolution, string activation, bool hasBias)
        : base(convolution) => (Activation, HasBias) = (activation, hasBias);

    /// <summary>The name of oneDNN, such as <c>relu</c>; <c>none</c> for none.</summary>
    public string Activation { get; init; }

    /// <summary>Whether there is a bias.</summary>
    public bool HasBias { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [.. base.Entries, ("activation", Activation), ("has_bias", HasBias)];
}

// A convolution of an evaluated network with what follows it, in one kernel of oneDNN: what the compiler makes of known weights.
public static partial class F
{
    /// <summary>Whether libtorch has the kernel of <see cref="FusedConvolution"/>, and it may be used on this machine.</summary>
    internal static bool CanPackConvolutionWeights => ConvolutionSelfCheck.AllowsOneDnn() && CanPack.Value;

    /// <summary>
    /// The known weight of a convolution in the order in which oneDNN reads it for images of a size; a tensor that only
    /// <see cref="FusedConvolution"/> can use.
    /// </summary>
    internal static Tensor pack_convolution_weight(ConvolutionSettings settings, Tensor weight, Shape imageSize)
    {
        NativeRuntime.EnsureLoaded();
        if (!ConvolutionSelfCheck.AllowsOneDnn())
        {
            return weight.Alias();
        }

        long[] numbers = [.. settings.Padding, .. settings.Stride, .. settings.Dilation, settings.Groups, .. imageSize];
        using var use = weight.Use();
        var packed = PackingKernels.Invoke("pack", [use.Torch, .. numbers.Cast<object>()])[0];
        return new Tensor(weight.Type, new Buffer(packed, weight.Type.ByteSize, isShared: false));
    }

    /// <summary>activation(input ∗ weight + bias + residual), channels last.</summary>
    /// <param name="settings">Strides and so on.</param>
    /// <param name="activation">The name of oneDNN, such as <c>relu</c>; <c>none</c> for none.</param>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="weight">As it is, or from <see cref="pack_convolution_weight"/>.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="residual">Of the type of the result, or null for none.</param>
    internal static Tensor fused_convolution(
        ConvolutionSettings settings, string activation, Tensor input, Tensor weight, Tensor? bias, Tensor? residual)
    {
        Tensor[] operands = [input, weight, .. bias is null ? (Tensor[])[] : [bias], .. residual is null ? (Tensor[])[] : [residual]];
        return FusedConvolution.Bind(new FusedConvolutionSettings(settings, activation, bias is not null), operands);
    }

    // Operands: input, weight, bias if there is one, residual if there is one.
    internal static readonly Primitive<FusedConvolutionSettings> FusedConvolution = new("fused_convolution")
    {
        Abstract = x =>
        {
            RequireImages(x);
            var type = ConvolutionRules.RequireConvolution(x, 0, 1, 2);
            return Residual(x) is not { } residual || x[residual].Equals(type)
                ? type
                : throw new ShapeException($"fused_convolution: the residual must be {type}, but is {x[residual]}.");
        },
        Eager = x =>
        {
            ConvolutionSelfCheck.AllowsOneDnn();
            var settings = x.Settings;
            var weight = x.Temporary(PackingKernels.Invoke("unpack", x[1])[0]);
            var y = torch.nn.functional.conv2d(
                x[0], weight, x.Settings.HasBias ? x[2] : null, settings.Stride.Sizes, settings.Padding.Sizes, settings.Dilation.Sizes,
                settings.Groups);
            y = Residual(x) is { } residual ? x.Temporary(y).add(x[residual], alpha: NativeNumber.Of(1)) : y;
            return x.Settings.Activation switch
            {
                "relu" => x.Temporary(y).relu(),
                "sigmoid" => x.Temporary(y).sigmoid(),
                "tanh" => x.Temporary(y).tanh(),
                "swish" => torch.nn.functional.silu(x.Temporary(y)),
                "hardswish" => torch.nn.functional.hardswish(x.Temporary(y)),
                _ => y,
            };
        },
        Script = x => !ConvolutionSelfCheck.AllowsOneDnn() ? InSteps(x)
            : Residual(x) is { } residual ? $"ops.mkldnn._convolution_pointwise({x[0]}, {x[residual]}, {FusedWith(x)}, {AddAndActivate(x)})"
            : $"ops.mkldnn._convolution_pointwise({x[0]}, {FusedWith(x)}, \"{x.Settings.Activation}\", [], \"\")",
        Vjp = Vjp.None("compiled graphs are not differentiated"),
        InPlace = new([3, 2], (x, residual) => ConvolutionSelfCheck.AllowsOneDnn()
            ? $"ops.mkldnn._convolution_pointwise_({x[residual]}, {x[0]}, {FusedWith(x)}, {AddAndActivate(x)})"
            : $"torch.copy_({x[residual]}, {InSteps(x)})"),
        Batching = ConvolutionBatching.Fused(Steps),
        NeedsArchive = true,
        Cost = x => x.Once(x.Settings.MultiplyAdds(x[0].Shape, x[1].Shape, x.Outputs[0].Shape)),
    };
}

/// <summary>The rules of convolutions that add and activate.</summary>
file static class FusedConvolutionRules
{
    public static readonly EagerScript PackingKernels = new(
        """
        def pack(w, p0: int, p1: int, s0: int, s1: int, d0: int, d1: int, groups: int, n: int, c: int, height: int, width: int):
            return [torch.mkldnn_reorder_conv2d_weight(
                torch.to_mkldnn(w.contiguous()), [p0, p1], [s0, s1], [d0, d1], groups, [n, c, height, width])]

        def unpack(w):
            r = w
            if w.is_mkldnn:
                r = w.to_dense()
            return [r]

        """);

    public static readonly Lazy<bool> CanPack = new(() =>
    {
        try
        {
            using var weight = Tensor.FromArray([0f], [1, 1, 1, 1]);
            using var packed = pack_convolution_weight(new([1, 1], [0, 0], [1, 1], false, [0, 0], 1), weight, [1, 1, 1, 1]);
            return true;
        }
        catch (ExternalException)
        {
            // libtorch for this processor was built without oneDNN.
            return false;
        }
    });

    public static int? Residual(IRuleArgs<FusedConvolutionSettings> x)
    {
        var position = x.Settings.HasBias ? 3 : 2;
        return x.Count > position ? position : null;
    }

    public static string FusedWith(ScriptArgs<FusedConvolutionSettings> x)
    {
        var settings = x.Settings;
        var bias = x.Settings.HasBias ? x[2] : "None";
        return $"{x[1]}, {bias}, {Script.Ints(settings.Padding)}, {Script.Ints(settings.Stride)}, {Script.Ints(settings.Dilation)}, "
            + $"{settings.Groups}";
    }

    public static string AddAndActivate(ScriptArgs<FusedConvolutionSettings> x) =>
        $"\"add\", 1.0, {(x.Settings.Activation is "none" ? "None" : $"\"{x.Settings.Activation}\"")}, [], None";

    /// <summary>The same without oneDNN, whose operators do not ask libtorch's switch.</summary>
    public static string InSteps(ScriptArgs<FusedConvolutionSettings> x)
    {
        var y = $"torch.convolution({x[0]}, {x[1]}, {(x.Settings.HasBias ? x[2] : "None")}, {x.Settings.ToScript()})";
        y = Residual(x) is { } residual ? $"torch.add({y}, {x[residual]})" : y;
        return x.Settings.Activation switch
        {
            "none" => y,
            "swish" => $"torch.silu({y})",
            var activation => $"torch.{activation}({y})",
        };
    }

    public static Tensor[] Steps(VjpArgs<FusedConvolutionSettings> x)
    {
        var s = x.Settings;
        var y = ConvolutionRules.convolution(
            new(s.Stride, s.Padding, s.Dilation, s.Transposed, s.OutputPadding, s.Groups), x[0], x[1], s.HasBias ? x[2] : null);
        y = Residual(x) is { } residual ? y + x[residual] : y;
        return
        [
            s.Activation switch
            {
                "relu" => relu(y),
                "sigmoid" => sigmoid(y),
                "tanh" => tanh(y),
                "swish" => silu(y),
                "hardswish" => hardswish(y),
                _ => y,
            },
        ];
    }

    public static void RequireImages(AbstractArgs<FusedConvolutionSettings> x)
    {
        for (var i = 0; i < x.Count; i++)
        {
            if (x[i].DType != DType.Float32)
            {
                throw new DTypeException($"{x.Primitive.Name}: operands must be float32, but operand {i} is {x[i]}.");
            }
        }

        if (x.Settings is not { Dims: 2, Transposed: false })
        {
            throw new ShapeException($"{x.Primitive.Name}: only convolutions over two dims have such a kernel.");
        }
    }
}
