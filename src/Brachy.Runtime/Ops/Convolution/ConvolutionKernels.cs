using Brachy.Extending;
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
            var type = ConvolutionRules.RequireConvolution(x, 0, 1, 2);
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
            var isWide = ConvolutionPrecision.ConvolvesInFloat32(x);
            var (input, weight) = (ConvolutionPrecision.Operand(x, 0, isWide), ConvolutionPrecision.Operand(x, 1, isWide));
            var bias = x.Count > 2 ? ConvolutionPrecision.Operand(x, 2, isWide) : null;
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
            return ConvolutionPrecision.Result(x, y, isWide);
        },
        Script = x =>
        {
            var isWide = ConvolutionPrecision.ConvolvesInFloat32(x);
            var bias = x.Count > 2 ? ConvolutionPrecision.Operand(x, 2, isWide) : "None";
            var (input, weight) = (ConvolutionPrecision.Operand(x, 0, isWide), ConvolutionPrecision.Operand(x, 1, isWide));
            return $"torch.convolution({input}, {weight}, {bias}, {x.Settings.ToScript()})"
                + ConvolutionPrecision.ToResultType(isWide);
        },
        Vjp = Vjp.Rule<ConvolutionSettings>((g, y, x) =>
        {
            var settings = x.Settings;
            var bias = x.Count > 2 && x.Needs(2);
            if (bias && !x.Needs(0) && !x.Needs(1))
            {
                return [null, null, sum(g, ConvolutionRules.AllButChannels(g))];
            }

            var (byInput, byWeight, byBias) = ConvolutionRules.convolution_backward(settings, g, x[0], x[1], x.Needs(0), x.Needs(1), bias);
            return x.Count > 2 ? [byInput, byWeight, byBias] : [byInput, byWeight];
        }),
        Jvp = Jvp.Rule<ConvolutionSettings>((t, y, x) =>
            ConvolutionRules.TangentOf(x.Settings, x[0], x[1], t[0], t[1], x.Count > 2 ? t[2] : null)),
        Batching = ConvolutionBatching.Convolution,
        Cost = x => x.Once(x.Settings.MultiplyAdds(x[0].Shape, x[1].Shape, x.Outputs[0].Shape)),
    };

    // Operands: gradient of the result, input, weight. Results: those gradients by input, weight and bias that output_mask has a 1 for.
    internal static readonly Primitive<ConvolutionBackwardSettings> ConvolutionBackward = new("convolution_backward")
    {
        Abstract = x =>
        {
            var type = ConvolutionRules.RequireConvolution(x, 1, 2, 0);
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
            var isWide = ConvolutionPrecision.ConvolvesInFloat32(x);
            var needsRows = ConvolutionLayout.NeedsRows(x);
            var results = ConvolutionRules.NativeConvolutionBackward(settings.Dims, settings.OutputMask).Invoke(
                [.. Enumerable.Range(0, 3).Select(
                    i => ConvolutionLayout.Operand(x, ConvolutionPrecision.Operand(x, i, isWide), needsRows))],
                [.. settings.Stride, .. settings.Padding, .. settings.Dilation, settings.Transposed
                    ? 1
                    : 0, .. settings.OutputPadding, settings.Groups]);
            return Array.ConvertAll(results, result => ConvolutionPrecision.Result(x, result, isWide));
        },
        Script = x =>
        {
            var settings = x.Settings;
            var mask = x.Settings.OutputMask;
            var channels = settings.OutputChannels(x.Types[2].Shape);
            var isWide = ConvolutionPrecision.ConvolvesInFloat32(x);
            var needsRows = ConvolutionLayout.NeedsRows(x);
            var operands = string.Join(
                ", ", Enumerable.Range(0, 3).Select(i => ConvolutionLayout.Operand(ConvolutionPrecision.Operand(x, i, isWide), needsRows)));
            return ConvolutionRules.Wanted(
                mask, x.Let($"torch.convolution_backward({operands}, [{channels}], {settings.ToScript()}, {ConvolutionRules.Flags(mask)})"),
                ConvolutionPrecision.ToResultType(isWide));
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
                x.Needs(0) ? ConvolutionRules.ConvolutionCotangent(settings, x, a, b, c) : null,
                x.Needs(1) && b is not null
                    ? ConvolutionRules.convolution_backward(settings, x[0], x[1], b, true, false, false).ByInput
                    : null,
                x.Needs(2) && a is not null
                    ? ConvolutionRules.convolution_backward(settings, x[0], a, x[2], false, true, false).ByWeight
                    : null,
            ];
        }),

        // The gradient by the input is linear in that of the result and in the weight, that by the weight in the first and the input.
        Jvp = Jvp.Multi<ConvolutionBackwardSettings>((t, _, x) =>
        {
            var sums = new Tensor?[3];
            void Add(Tensor? g, Tensor input, Tensor weight, params int[] kinds)
            {
                var wanted = Enumerable.Range(0, 3).Select(kind => kinds.Contains(kind) && x.Settings.OutputMask[kind] != 0).ToArray();
                if (g is not null && wanted.Contains(true))
                {
                    var (byInput, byWeight, byBias) = ConvolutionRules.convolution_backward(
                        x.Settings, g, input, weight, wanted[0], wanted[1], wanted[2]);
                    Tensor?[] more = [byInput, byWeight, byBias];
                    sums = [.. sums.Zip(more, (a, b) => Tangents.Sum(a, b))];
                }
            }

            Add(t[0], x[1], x[2], 0, 1, 2);
            Add(t[1] is null ? null : x[0], t[1] ?? x[1], x[2], 1);
            Add(t[2] is null ? null : x[0], x[1], t[2] ?? x[2], 0);
            return [.. sums.Where((_, kind) => x.Settings.OutputMask[kind] != 0)];
        }),

        Batching = ConvolutionBatching.Backward,

        // The gradients by input and by weight are as much work each as the convolution; that by bias is a sum.
        Cost = x => x.Once(
            x.Settings.OutputMask.Take(2).Sum() * x.Settings.MultiplyAdds(x[1].Shape, x[2].Shape, x[0].Shape)),
    };
}
