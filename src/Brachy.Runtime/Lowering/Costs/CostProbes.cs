using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>The programs that are measured.</summary>
internal static class CostProbes
{
    private const int Elements = 1 << 16;
    private const int ElementsOfMemory = 1 << 21;

    /// <summary>What decides between libtorch's kernels.</summary>
    public static IEnumerable<ThresholdProbe> Thresholds
    {
        get
        {
            var hasOneDnn = ConvolutionSelfCheck.AllowsOneDnn();
            yield return new(
                hasOneDnn ? MachineCost.FewestPixelsOfChannelsLast : MachineCost.FewestPixelsOfChannelsLastWithoutOneDnn,
                [4, 8, 12, 16], side => Trained(images: 8, channels: 64, side), side => side * side);
            if (hasOneDnn && F.CanPackConvolutionWeights)
            {
                yield return new(
                    MachineCost.FewestPixelsOfFusedConvolution, [4, 8, 16], side => Evaluated(images: 16, channels: 64, side),
                    side => side * side);
            }

            yield return new(
                MachineCost.FewestChannelsOfWinograd, [128, 256], channels => Evaluated(images: 4, channels, side: 8),
                channels => channels);
        }
    }

    /// <summary>What decides between libtorch and vector code; each is found by help of those before.</summary>
    public static IReadOnlyList<BalanceProbe> Balances { get; } =
    [
        new(MachineCost.LostPerElementInCache, () => Sums(Elements)),
        new(MachineCost.LostPerElementOfMemory, () => Sums(ElementsOfMemory)),
        new(MachineCost.LostPerElement, () => Of([[Elements]], x => F.sigmoid(F.tanh(F.sigmoid(F.tanh(x[0])))))),
        new(MachineCost.LostPerMultiplyAddOfTiles, () => Perceptron(rows: 128, width: 512)),
        new(MachineCost.LostPerMultiplyAdd, () => Of([[16, 64, 64]], x => F.matmul(F.matmul(x[0], x[0]), x[0]))),
        new(MachineCost.SavedPerOperator, () => Token(past: 63, heads: 4, width: 128)),
        new(
            MachineCost.SavedPerMultiplyAddOfConvolution, () => Evaluated(images: 1, channels: 64, side: 28), IsOfKnownWeights: true),
        new(MachineCost.SavedPerMultiplyAddOfTrainedConvolution, () => Trained(images: 8, channels: 64, side: 16)),
    ];

    /// <summary>Numbers from 0 to 1 for each input: those of processors' slow cases do not occur.</summary>
    public static Tensor[] InputsOf(Graph graph) => [.. graph.Inputs.Select(input => Numbers(input.Type.Shape))];

    private static Tensor Numbers(Shape shape)
    {
        var values = new float[shape.NumElements];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (i * 37 % 101) / 101f;
        }

        return Tensor.FromArray(values, shape);
    }

    private static Graph Of(Shape[] shapes, Func<Tensor[], Tensor> function) => Of(shapes, x => [function(x)]);

    private static Graph Of(Shape[] shapes, Func<Tensor[], Tensor[]> function)
    {
        using var trace = Trace.BeginGraph("a measurement of costs");
        Tensor[] inputs = [.. shapes.Select((shape, i) => trace.Argument(new TensorType(shape, DType.Float32), $"input {i}"))];
        return Graph.FromTrace(trace, inputs, function(inputs));
    }

    /// <summary>A step of a perceptron of three layers, which learns to give what it takes.</summary>
    private static Graph Perceptron(int rows, int width) => Of(
        [[rows, width], [width, width], [width, width], [width, width]],
        inputs =>
        {
            var (x, w) = (inputs[0], inputs[1..]);
            var first = F.relu(F.linear(x, w[0]));
            var second = F.relu(F.linear(first, w[1]));
            var last = (F.linear(second, w[2]) - x) * (2.0 / (rows * width));
            var atSecond = F.ThresholdBackward.Bind(F.matmul(last, w[2]), second);
            var atFirst = F.ThresholdBackward.Bind(F.matmul(atSecond, w[1]), first);
            return
            [
                w[0] - (0.01 * F.matmul(F.permute(atFirst, 1, 0), x)),
                w[1] - (0.01 * F.matmul(F.permute(atSecond, 1, 0), first)),
                w[2] - (0.01 * F.matmul(F.permute(last, 1, 0), second)),
            ];
        });

    /// <summary>Two blocks of a transformer for one token more: operators of all kinds, with the views around them.</summary>
    private static Graph Token(int past, int heads, int width)
    {
        Shape ofHeads = [-1, heads, width / heads];
        return Of(
            [[1, width], [past, width], [past, width], [3 * width, width], [width, width], [4 * width, width], [width, 4 * width]],
            inputs => Block(Block(inputs[0], inputs[1], inputs[2], inputs[3..]), inputs[1], inputs[2], inputs[3..]));

        Tensor Block(Tensor x, Tensor keys, Tensor values, Tensor[] w)
        {
            var parts = F.split(F.linear(F.layer_norm(x, [width]), w[0]), width, 1);
            (keys, values) = (F.cat([keys, parts[1]]), F.cat([values, parts[2]]));
            var query = F.permute(F.reshape(parts[0], ofHeads), 1, 0, 2);
            var weights = F.softmax(F.matmul(query, F.permute(F.reshape(keys, ofHeads), 1, 2, 0)) * 0.3, -1);
            var attended = F.permute(F.matmul(weights, F.permute(F.reshape(values, ofHeads), 1, 0, 2)), 1, 0, 2);
            x += F.linear(F.reshape(attended, [1, width]), w[1]);
            return x + F.linear(F.gelu(F.linear(F.layer_norm(x, [width]), w[2])), w[3]);
        }
    }

    private static Graph Sums(int elements) => Of([[elements], [elements]], x => ((((x[0] + x[1]) * x[0]) + x[1]) * x[1]) + x[0]);

    /// <summary>A convolution, and its gradients by image and weight.</summary>
    private static Graph Trained(int images, int channels, int side) => Of(
        [[images, channels, side, side], [channels, channels, 3, 3]],
        inputs =>
        {
            var (x, w) = (F.relu(inputs[0]), inputs[1]);
            var y = F.conv2d(x, w, padding: 1);
            var (byImage, byWeight, _) = ConvolutionRules.convolution_backward(
                new([1, 1], [1, 1], [1, 1], false, [0, 0], 1), F.relu(y), x, w, byInput: true, byWeight: true, byBias: false);
            return [byImage!, byWeight!];
        });

    /// <summary>Two convolutions with known weights.</summary>
    private static Graph Evaluated(int images, int channels, int side)
    {
        var weight = Numbers([channels, channels, 3, 3]);
        return Of(
            [[images, channels, side, side]],
            x => F.relu(F.conv2d(F.relu(F.conv2d(x[0], weight, padding: 1)), weight, padding: 1)));
    }
}
