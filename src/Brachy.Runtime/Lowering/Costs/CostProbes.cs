namespace Brachy.Compilation;

/// <summary>A program by which a cost of a backend is found.</summary>
/// <param name="Cost">The cost.</param>
/// <param name="GraphOf">The program.</param>
/// <param name="IsOfKnownWeights">Whether the policy of evaluated networks has the cost.</param>
internal sealed record BalanceProbe(MachineCost Cost, Func<Graph> GraphOf, bool IsOfKnownWeights = false);

/// <summary>Programs of several sizes, by which a size is found from which on something pays.</summary>
/// <param name="Cost">The cost.</param>
/// <param name="Sizes">The sizes.</param>
/// <param name="GraphOf">The program of a size.</param>
/// <param name="ValueOf">From a size to the cost.</param>
internal sealed record ThresholdProbe(MachineCost Cost, int[] Sizes, Func<int, Graph> GraphOf, Func<int, double> ValueOf);

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
                MachineCost.FewestChannelsOfWinograd, [128, 256, 512], channels => Evaluated(images: 4, channels, side: 8),
                channels => channels);
        }
    }

    /// <summary>What decides between libtorch and vector code; each is found by help of those before.</summary>
    public static IReadOnlyList<BalanceProbe> Balances { get; } =
    [
        new(MachineCost.SavedPerOperator, () => Perceptron(rows: 8, width: 16)),
        new(MachineCost.LostPerElementInCache, () => Sums(Elements)),
        new(MachineCost.LostPerElementOfMemory, () => Sums(ElementsOfMemory)),
        new(MachineCost.LostPerElement, () => Of([[Elements]], x => F.sigmoid(F.tanh(F.sigmoid(F.tanh(x[0])))))),
        new(MachineCost.LostPerMultiplyAddOfTiles, () => Perceptron(rows: 64, width: 256)),
        new(MachineCost.LostPerMultiplyAdd, () => Of([[16, 64, 64]], x => F.matmul(F.matmul(x[0], x[0]), x[0]))),
        new(
            MachineCost.SavedPerMultiplyAddOfConvolution, () => Evaluated(images: 1, channels: 64, side: 28), IsOfKnownWeights: true),
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

    /// <summary>A step of a perceptron of three layers.</summary>
    private static Graph Perceptron(int rows, int width) => Of(
        [[rows, width], [width, width], [width, width], [width, width]],
        inputs =>
        {
            Tensor[] weights = inputs[1..];
            var gradients = Grad.Of((Tensor[] w) =>
                F.mean(F.square(F.linear(F.relu(F.linear(F.relu(F.linear(inputs[0], w[0])), w[1])), w[2]) - inputs[0])))(weights);
            return [.. weights.Zip(gradients, (weight, gradient) => weight - (0.01 * gradient))];
        });

    private static Graph Sums(int elements) => Of([[elements], [elements]], x => ((((x[0] + x[1]) * x[0]) + x[1]) * x[1]) + x[0]);

    /// <summary>The gradients of two convolutions.</summary>
    private static Graph Trained(int images, int channels, int side) => Of(
        [[images, channels, side, side], [channels, channels, 3, 3], [channels, channels, 3, 3]],
        inputs => Grad.Of((Tensor[] x) =>
            F.sum(F.conv2d(F.relu(F.conv2d(x[0], x[1], padding: 1)), x[2], padding: 1)))(inputs));

    /// <summary>Two convolutions with known weights.</summary>
    private static Graph Evaluated(int images, int channels, int side)
    {
        var weight = Numbers([channels, channels, 3, 3]);
        return Of(
            [[images, channels, side, side]],
            x => F.relu(F.conv2d(F.relu(F.conv2d(x[0], weight, padding: 1)), weight, padding: 1)));
    }
}
