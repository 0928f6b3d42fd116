using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Lays out the images of convolutions over two dims with the channels of a pixel side by side where that is faster. The choice is made
/// by size and by the costs of the machine (<see cref="MachineCosts"/>), which stay, so that a resumed training gives the same bits.
/// </summary>
internal sealed class ChannelsLast
{
    private readonly Dictionary<Tensor, Tensor> _converted = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Tensor> _channelsLast = new(ReferenceEqualityComparer.Instance);

    public static Graph Run(Graph graph)
    {
        if (!graph.Equations.Any(e => IsBetter(e)))
        {
            return graph;
        }

        var pass = new ChannelsLast();
        return GraphReplay.Rewrite(graph, (_, equation, operands) => pass.Rewrite(equation, operands));
    }

    private static bool IsBetter(Equation equation)
    {
        if (equation.Primitive == F.FusedConvolution)
        {
            // The kernel knows no other layout.
            return true;
        }

        var isForward = equation.Primitive == F.Convolution;
        if (!isForward && equation.Primitive != F.ConvolutionBackward)
        {
            return false;
        }

        var image = isForward ? equation.Outputs[0].Type : equation.Inputs[0].Type;
        return image is { Rank: 4, DType: DType.Float32 } && image.Device == Device.CPU
            && image.Shape[2] * image.Shape[3] >= MachineCosts.Current[ConvolutionSelfCheck.AllowsOneDnn()
                ? MachineCost.FewestPixelsOfChannelsLast : MachineCost.FewestPixelsOfChannelsLastWithoutOneDnn]
            && equation.Settings is ConvolutionSettings { Transposed: false, Groups: 1 };
    }

    private Tensor[]? Rewrite(Equation equation, Tensor[] operands)
    {
        var isConvolution = equation.Primitive == F.Convolution || equation.Primitive == F.ConvolutionBackward
            || equation.Primitive == F.FusedConvolution;
        var follows = !equation.Primitive.IsView && !equation.Primitive.MutatesInputs && operands.Any(_channelsLast.Contains);
        var wanted = isConvolution ? IsBetter(equation) : follows;
        if (!wanted && !(isConvolution && operands.Any(_channelsLast.Contains)))
        {
            return null;
        }

        // Kernels of two images are slow when their layouts differ, so all operands of one shape go along.
        var shape = isConvolution ? null : (Shape?)operands.First(_channelsLast.Contains).shape;
        var packed = equation.Primitive == F.FusedConvolution ? operands[1] : null;
        var results = equation.Primitive.BindUntyped(equation.Settings, Array.ConvertAll(operands, operand =>
            operand.ndim != 4 || ReferenceEquals(operand, packed) || (shape is { } s && operand.shape != s)
                ? operand : Convert(operand, toChannelsLast: wanted)));
        if (wanted)
        {
            // The gradient of a weight is no image; optimizers want it row by row.
            var images = equation.Settings is ConvolutionBackwardSettings { OutputMask: var mask } ? results.Take((int)mask[0]) : results;
            _channelsLast.UnionWith(images.Where(result => result.ndim == 4));
        }

        return results;
    }

    private Tensor Convert(Tensor x, bool toChannelsLast)
    {
        if (_channelsLast.Contains(x) == toChannelsLast)
        {
            return x;
        }

        if (!_converted.TryGetValue(x, out var converted))
        {
            _converted.Add(x, converted = toChannelsLast ? F.channels_last(x) : F.contiguous(x));
            if (toChannelsLast)
            {
                _channelsLast.Add(converted);
            }
        }

        return converted;
    }
}
