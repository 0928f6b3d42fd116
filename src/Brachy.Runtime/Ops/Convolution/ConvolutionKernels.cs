using System.Collections.Concurrent;
using Brachy.Extending;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

// The two primitives that all convolutions, and their gradients of any order, are made of.
public static partial class F
{
    // Operands: input, weight and, if there is one, bias.
    internal static readonly Primitive<ConvolutionSettings> Convolution = new("convolution")
    {
        Abstract = x =>
        {
            var type = RequireConvolution(x, 0, 1, 2);
            var settings = x.Settings;
            var channels = settings.OutputChannels(x[1].Shape);
            return x.Count < 3 || (x[2].Rank == 1 && x[2].Shape[0] == channels)
                ? type
                : throw new ShapeException(
                    $"{settings.Name}: bias must have shape [{channels}], as weight has shape {x[1].Shape}, but has {x[2].Shape}.");
        },
        Eager = x =>
        {
            ConvolutionSelfCheck.AllowsOneDnn();
            var settings = x.Settings;
            var (stride, padding, dilation, extra) = (
                settings.Stride.Sizes, settings.Padding.Sizes, settings.Dilation.Sizes, settings.OutputPadding.Sizes);
            var isWide = ConvolvesInFloat32(x);
            var (input, weight) = (ConvolutionOperand(x, 0, isWide), ConvolutionOperand(x, 1, isWide));
            var bias = x.Count > 2 ? ConvolutionOperand(x, 2, isWide) : null;
            var y = (settings.Dims, settings.Transposed) switch
            {
                (1, false) => torch.nn.functional.conv1d(input, weight, bias, stride[0], padding[0], dilation[0], settings.Groups),
                (2, false) => torch.nn.functional.conv2d(input, weight, bias, stride, padding, dilation, settings.Groups),
                (_, false) => torch.nn.functional.conv3d(input, weight, bias, stride, padding, dilation, settings.Groups),
                (1, true) => torch.nn.functional.conv_transpose1d(
                    input, weight, bias, stride[0], padding[0], extra[0], dilation[0], settings.Groups),
                (2, true) => torch.nn.functional.conv_transpose2d(input, weight, bias, stride, padding, extra, dilation, settings.Groups),
                (_, true) => torch.nn.functional.conv_transpose3d(input, weight, bias, stride, padding, extra, dilation, settings.Groups),
            };
            return ConvolutionResult(x, y, isWide);
        },
        Script = x =>
        {
            var isWide = ConvolvesInFloat32(x);
            var bias = x.Count > 2 ? ConvolutionOperand(x, 2, isWide) : "None";
            return $"torch.convolution({ConvolutionOperand(x, 0, isWide)}, {ConvolutionOperand(x, 1, isWide)}, {bias}, "
                + $"{x.Settings.ToScript()})"
                + ToConvolutionType(isWide);
        },
        Vjp = Vjp.Rule<ConvolutionSettings>((g, y, x) =>
        {
            var settings = x.Settings;
            var bias = x.Count > 2 && x.Needs(2);
            if (bias && !x.Needs(0) && !x.Needs(1))
            {
                return [null, null, sum(g, AllButChannels(g))];
            }

            var (byInput, byWeight, byBias) = convolution_backward(settings, g, x[0], x[1], x.Needs(0), x.Needs(1), bias);
            return x.Count > 2 ? [byInput, byWeight, byBias] : [byInput, byWeight];
        }),
        Cost = x => x.Once(x.Settings.MultiplyAdds(x[0].Shape, x[1].Shape, x.Outputs[0].Shape)),
    };

    /// <summary>The wanted gradients of a convolution, in one call.</summary>
    private static (Tensor? ByInput, Tensor? ByWeight, Tensor? ByBias) convolution_backward(
        ConvolutionSettings settings, Tensor g, Tensor input, Tensor weight, bool byInput, bool byWeight, bool byBias)
    {
        var wanted = new[] { byInput, byWeight, byBias };
        var results = ConvolutionBackward.BindAll(
            new ConvolutionBackwardSettings(settings, Array.ConvertAll(wanted, w => w ? 1L : 0)), g, input, weight);
        var next = 0;
        return (byInput ? results[next++] : null, byWeight ? results[next++] : null, byBias ? results[next] : null);
    }

    // Operands: gradient of the result, input, weight. Results: those gradients by input, weight and bias that output_mask has a 1 for.
    internal static readonly Primitive<ConvolutionBackwardSettings> ConvolutionBackward = new("convolution_backward")
    {
        Abstract = x =>
        {
            var type = RequireConvolution(x, 1, 2, 0);
            if (x[0].Shape != type.Shape)
            {
                throw new ShapeException($"convolution_backward: the gradient must have shape {type.Shape}, but is {x[0]}.");
            }

            var channels = x.Settings.OutputChannels(x[2].Shape);
            var types = new[] { type.WithShape(x[1].Shape), type.WithShape(x[2].Shape), type.WithShape([channels]) };
            return [.. types.Where((_, i) => x.Settings.OutputMask[i] != 0)];
        },
        Eager = x =>
        {
            ConvolutionSelfCheck.AllowsOneDnn();
            var settings = x.Settings;
            var isWide = ConvolvesInFloat32(x);
            var results = NativeConvolutionBackward(settings.Dims, settings.OutputMask).Invoke(
                [ConvolutionOperand(x, 0, isWide), ConvolutionOperand(x, 1, isWide), ConvolutionOperand(x, 2, isWide)],
                [.. settings.Stride, .. settings.Padding, .. settings.Dilation, settings.Transposed
                    ? 1
                    : 0, .. settings.OutputPadding, settings.Groups]);
            return Array.ConvertAll(results, result => ConvolutionResult(x, result, isWide));
        },
        Script = x =>
        {
            var settings = x.Settings;
            var mask = x.Settings.OutputMask;
            var channels = settings.OutputChannels(x.Types[2].Shape);
            var isWide = ConvolvesInFloat32(x);
            var operands = string.Join(", ", Enumerable.Range(0, 3).Select(i => ConvolutionOperand(x, i, isWide)));
            return Wanted(
                mask, x.Let($"torch.convolution_backward({operands}, [{channels}], {settings.ToScript()}, {Flags(mask)})"),
                ToConvolutionType(isWide));
        },

        // With cotangents a, b, c of the three results, sum(gx * a) + sum(gw * b) + sum(gb * c) = sum(g * (a ∗ w + x ∗ b + c)).
        Vjp = Vjp.Multi<ConvolutionBackwardSettings>((cotangents, _, x) =>
        {
            var settings = x.Settings;
            var next = 0;
            var given = Array.ConvertAll(x.Settings.OutputMask.Sizes, wanted => wanted != 0 ? cotangents[next++] : null);
            var (a, b, c) = (given[0], given[1], given[2]);
            return
            [
                x.Needs(0) ? ConvolutionCotangent(settings, x, a, b, c) : null,
                x.Needs(1) && b is not null ? convolution_backward(settings, x[0], x[1], b, true, false, false).ByInput : null,
                x.Needs(2) && a is not null ? convolution_backward(settings, x[0], a, x[2], false, true, false).ByWeight : null,
            ];
        }),

        // The gradients by input and by weight are as much work each as the convolution; that by bias is a sum.
        Cost = x => x.Once(
            x.Settings.OutputMask.Take(2).Sum() * x.Settings.MultiplyAdds(x[1].Shape, x[2].Shape, x[0].Shape)),
    };

    private static Tensor? ConvolutionCotangent(ConvolutionSettings settings, VjpArgs x, Tensor? a, Tensor? b, Tensor? c)
    {
        var byInput = a is null ? null : convolution(settings, a, x[2], c);
        var byWeight = b is null ? null : convolution(settings, x[1], b, byInput is null ? c : null);
        if (byInput is null && byWeight is null)
        {
            return c is null ? null : expand(reshape(c, [c.size(0), .. Enumerable.Repeat(1L, settings.Dims)]), x[0].shape);
        }

        return byInput is null ? byWeight : byWeight is null ? byInput : byInput + byWeight;
    }

    private static Tensor convolution(ConvolutionSettings settings, Tensor input, Tensor weight, Tensor? bias) => bias is null
        ? Convolution.Bind(settings, input, weight)
        : Convolution.Bind(settings, input, weight, bias);

    /// <summary>The result type of a convolution of two operands; throws what the user sees.</summary>
    private static TensorType RequireConvolution<TSettings>(AbstractArgs<TSettings> x, int input, int weight, int other)
        where TSettings : ConvolutionSettings
    {
        Shapes.RequireFloat(x, input, "input");
        Shapes.RequireSameDType(x, x.Count > other ? [input, weight, other] : [input, weight]);
        return new(x.Settings.OutputShape(x[input].Shape, x[weight].Shape), x[input].DType, x.Device);
    }

    private static long[] AllButChannels(Tensor g) => [0, .. Enumerable.Range(2, g.ndim - 2).Select(i => (long)i)];

    private static readonly ConcurrentDictionary<string, ScriptFunction> s_convolutionBackward = new();

    /// <summary>The kernel for a number of spatial dims and some of the gradients.</summary>
    internal static ScriptFunction NativeConvolutionBackward(int dims, Shape mask) => s_convolutionBackward.GetOrAdd(
        $"{dims} {Flags(mask)}",
        static (_, key) =>
        {
            string[] Names(string name) => [.. Enumerable.Range(0, key.dims).Select(i => name + i)];
            string List(string name) => $"[{string.Join(", ", Names(name))}]";
            var numbers = string.Join(
                ", ", ((string[])[.. Names("s"), .. Names("p"), .. Names("d"), "t", .. Names("o"), "groups"]).Select(n => n + ": int"));
            return new(
                $"""
                def main(g, x, w, {numbers}):
                    bias = w.size(0)
                    if t != 0:
                        bias = w.size(1) * groups
                    r = torch.convolution_backward(
                        g, x, w, [bias], {List("s")}, {List("p")}, {List("d")}, t != 0, {List("o")}, groups, {Flags(key.mask)})
                    return ({string.Concat(Enumerable.Range(0, 3).Where(i => key.mask[i] != 0).Select(i => $"r[{i}], "))})

                """,
                key.mask.Count(m => m != 0));
        },
        (dims, mask));

    private static string Flags(Shape mask) => $"[{string.Join(", ", mask.Select(m => Script.Flag(m != 0)))}]";

    /// <summary>The wanted elements of a tuple in TorchScript, each with something after it; one of them alone is no tuple.</summary>
    private static string Wanted(Shape mask, string tuple, string suffix = "")
    {
        var parts = Enumerable.Range(0, mask.Length).Where(i => mask[i] != 0).Select(i => $"{tuple}[{i}]{suffix}").ToArray();
        return parts.Length == 1 ? parts[0] : $"({string.Join(", ", parts)})";
    }
}
