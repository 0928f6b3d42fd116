using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Convolutions, and blocks of images.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Convolutions =>
    [
        (F.Convolution, x => x.Return(Convolved(x, x.Settings<ConvolutionSettings>(), x.Count > 2 ? x.In(2, x.Plain) : null))),
        (F.FusedConvolution, x =>
        {
            var settings = x.Settings<FusedConvolutionSettings>();
            var y = Convolved(x, settings, settings.HasBias ? x.In(2, x.Plain) : null);
            var residual = settings.HasBias ? 3 : 2;
            y = x.Count > residual ? x.Add(y, x.In(residual, x.Plain)) : y;
            x.Return(settings.Activation switch
            {
                "none" => y,
                "relu" => x.Op("Relu", x.Plain, [y]),
                "sigmoid" => x.Op("Sigmoid", x.Plain, [y]),
                "tanh" => x.Op("Tanh", x.Plain, [y]),
                "swish" => x.Mul(y, x.Op("Sigmoid", x.Plain, [y])),
                "hardswish" => x.Op("HardSwish", x.Plain, [y]),
                var other => throw RuleArgs.Refuse($"the activation '{other}' has no node"),
            });
        }),
        (F.Unfold, x => x.Return(Unfold(x))),
        (F.Fold, x =>
        {
            var settings = x.Settings<FoldSettings>();
            x.Return(x.Op(
                "Col2Im", x.Exact, [x.In(0, x.Exact), x.Ints(settings.OutputSize), x.Ints(settings.KernelSize)],
                ("dilations", settings.Dilation), ("pads", Both(settings.Padding)), ("strides", settings.Stride)));
        }),
    ];

    private static Value Convolved(RuleArgs x, ConvolutionSettings settings, Value? bias)
    {
        var kernel = x.Type(1).Shape.Skip(2).ToArray();
        (string, object?)[] attributes =
        [
            ("strides", settings.Stride), ("pads", Both(settings.Padding)), ("dilations", settings.Dilation), ("group", settings.Groups),
            ("kernel_shape", kernel), ("output_padding", settings.Transposed ? settings.OutputPadding.ToArray() : null),
        ];
        return x.Op(settings.Transposed ? "ConvTranspose" : "Conv", x.Plain, [x.In(0, x.Plain), x.In(1, x.Plain), bias], attributes);
    }

    /// <summary>Numbers before all dims, and the same after them.</summary>
    private static long[] Both(Shape padding) => [.. padding, .. padding];

    /// <summary>The elements of each window in a column: rows of windows, and then columns, by their indices.</summary>
    private static Value Unfold(RuleArgs x)
    {
        var (settings, shape) = (x.Settings<UnfoldSettings>(), x.Type(0).Shape);
        long[] widths = [0, 0, .. settings.Padding, 0, 0, .. settings.Padding];
        var value = x.Op("Pad", x.Plain, [x.In(0, x.Plain), x.Ints(widths), x.Number(0, x.Plain)], ("mode", "constant"));
        var counts = new long[2];
        for (var i = 0; i < 2; i++)
        {
            var (kernel, stride, dilation) = (settings.KernelSize[i], settings.Stride[i], settings.Dilation[i]);
            counts[i] = ((shape[i + 2] + (2 * settings.Padding[i]) - (dilation * (kernel - 1)) - 1) / stride) + 1;
            var starts = x.Mul(x.Count(counts[i]), x.Number(stride, DType.Int64));
            var offsets = x.Mul(x.Count(kernel), x.Number(dilation, DType.Int64));
            var places = x.Add(x.Unsqueeze(offsets, 1), x.Unsqueeze(starts, 0));
            value = x.Op("Gather", x.Plain, [value, places], ("axis", i == 0 ? 2L : 4L));
        }

        return x.Reshape(x.Permute(value, 0, 1, 2, 4, 3, 5), x.Shape);
    }
}
