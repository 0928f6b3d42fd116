using Brachy.Extending;
using TorchSharp;
using static TorchSharp.torch.nn.functional;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.Ops;

/// <summary>
/// A random convolution: one to three dims, any settings, both layouts; and its value in float64 by libtorch's own
/// kernels, which use no oneDNN.
/// </summary>
internal sealed class RandomConvolution
{
    private const double MostProducts = 3e6;

    private readonly ConvolutionSettings _settings;
    private readonly long[] _input;
    private readonly long[] _weight;
    private readonly bool _hasBias;
    private readonly bool _channelsLast;
    private readonly int _seed;

    public RandomConvolution(Random random)
    {
        do
        {
            var dims = random.Next(10) switch { < 2 => 1, < 8 => 2, _ => 3 };
            long[] Each(Func<long> value) => [.. Enumerable.Range(0, dims).Select(_ => value())];
            long[] EachOrSame(Func<long> value) => random.Next(2) == 0 ? [.. Enumerable.Repeat(value(), dims)] : Each(value);
            var groups = random.Next(4) == 0 ? random.Next(2, 6) : 1;
            var isDepthwise = random.Next(8) == 0;
            var (inputs, outputs) = (Channels(random), Channels(random));
            groups = isDepthwise ? (int)inputs : groups;
            inputs = Math.Max(inputs / groups, 1) * groups;
            outputs = isDepthwise ? inputs * random.Next(1, 3) : Math.Max(outputs / groups, 1) * groups;
            var isTransposed = random.Next(4) == 0;
            var kernel = EachOrSame(() => random.Next(1, dims == 3 ? 4 : 8));
            var stride = EachOrSame(() => random.Next(3) == 0 ? random.Next(1, 4) : 1);
            var dilation = EachOrSame(() => random.Next(4) == 0 ? random.Next(1, 4) : 1);
            var padding = kernel.Select(k => (long)random.Next(0, (int)k)).ToArray();
            var extra = isTransposed && random.Next(2) == 0
                ? [.. stride.Select((s, i) => random.NextInt64(0, Math.Max(s, dilation[i])))]
                : new long[dims];
            _settings = new(stride, padding, dilation, isTransposed, extra, groups);
            var sizes = kernel.Select((k, i) =>
                Math.Max(1, (isTransposed ? 1 : (dilation[i] * (k - 1)) + 1 - (2 * padding[i])) + random.Next(0, dims == 3 ? 5 : 14)));
            _input = [random.Next(3) switch { 0 => 1, 1 => 32, _ => random.Next(1, 9) }, inputs, .. sizes];
            _weight = isTransposed ? [inputs, outputs / groups, .. kernel] : [outputs, inputs / groups, .. kernel];
            _hasBias = random.Next(2) == 0;
            _channelsLast = dims > 1 && random.Next(2) == 0;
            _seed = random.Next();
        }
        while (!IsLegal() || Products() > MostProducts);
    }

    public bool IsPlain2d => _settings is { Dims: 2, Transposed: false };

    /// <summary>Input, weight and perhaps bias, and the gradient of the result, in a type.</summary>
    public (Tensor[] Operands, Tensor Cotangent) Make(DType dtype)
    {
        var input = Make(_input, dtype, _seed);
        var last = Enumerable.Range(2, _settings.Dims).Select(i => (long)i);
        if (_channelsLast)
        {
            // The same elements, laid out with the channels of a pixel side by side.
            input = F.permute(F.contiguous(F.permute(input, [0, .. last, 1])), [0, input.ndim - 1, .. last.Select(i => i - 1)]);
        }

        Tensor[] bias = _hasBias ? [Make([_settings.OutputChannels(Shape.Own(_weight))], dtype, _seed + 2)] : [];
        return ([input, Make(_weight, dtype, _seed + 1), .. bias], Make(ResultShape().ToArray(), dtype, _seed + 3));
    }

    /// <summary>The result and the gradients by all operands.</summary>
    public Tensor[] Ours(Tensor[] operands, Tensor cotangent)
    {
        var (y, gradients) = Pullback.Differentiate(operands, Apply, y => ([y], [cotangent]));
        return [y, .. gradients.Select(g => g!)];
    }

    public Tensor Apply(Tensor[] x) => F.Convolution.Bind(_settings, x);

    /// <summary>The same by libtorch's autograd in float64, from the operands as they are rounded in another type.</summary>
    public double[][] Expected(Tensor[] operands, Tensor cotangent)
    {
        using var scope = torch.NewDisposeScope();
        var leaves = operands.Select(x => x.AsTorch().to(torch.ScalarType.Float64).contiguous().requires_grad_()).ToArray();
        var y = Theirs(leaves[0], leaves[1], leaves.ElementAtOrDefault(2));
        var gradients = torch.autograd.grad([y], leaves, [cotangent.AsTorch().to(torch.ScalarType.Float64)]);
        GC.KeepAlive(operands);
        GC.KeepAlive(cotangent);
        return [Values(y), .. gradients.Select(Values)];
    }

    public override string ToString() =>
        $"{_settings.Name} of [{string.Join(", ", _input)}]{(_channelsLast ? ", channels last," : "")} by "
        + $"[{string.Join(", ", _weight)}]{(_hasBias ? " with bias" : "")}, "
        + $"stride {Text(_settings.Stride)}, padding {Text(_settings.Padding)}, dilation {Text(_settings.Dilation)}, output padding "
        + $"{Text(_settings.OutputPadding)}, groups {_settings.Groups}";

    // Many small numbers, multiples of 4 and 8 and their neighbours, and some that are large.
    private static long Channels(Random random) => random.Next(6) switch
    {
        0 => random.Next(1, 10),
        1 => random.Next(1, 41),
        2 => 8 * random.Next(1, 10),
        3 => (16 * random.Next(1, 10)) + random.Next(-1, 2),
        4 => 4 * random.Next(1, 40),
        _ => random.Next(1, 281),
    };

    private static Tensor Make(long[] sizes, DType dtype, int seed)
    {
        var random = new Random(seed);
        var values = new float[sizes.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((random.NextDouble() * 2) - 1);
        }

        return Tensor.FromArray(values, Shape.Own(sizes)).to(dtype);
    }

    private static string Text(Shape values) => string.Join("x", values);

    private static double[] Values(TorchTensor x) => x.contiguous().data<double>().ToArray();

    private Shape ResultShape() => _settings.OutputShape(Shape.Own(_input), Shape.Own(_weight));

    private bool IsLegal()
    {
        try
        {
            return ResultShape().NumElements is > 0 and < 200_000;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private double Products()
    {
        var windows = _settings.Transposed ? Shape.Own(_input) : ResultShape();
        return (double)windows.NumElements * _weight.Aggregate(1L, (a, b) => a * b) / _weight[0];
    }

    private TorchTensor Theirs(TorchTensor x, TorchTensor w, TorchTensor? b)
    {
        var (s, p, d, o, g) = (
            _settings.Stride.ToArray(), _settings.Padding.ToArray(), _settings.Dilation.ToArray(), _settings.OutputPadding.ToArray(),
            _settings.Groups);
        return (_settings.Dims, _settings.Transposed) switch
        {
            (1, false) => conv1d(x, w, b, s[0], p[0], d[0], g),
            (2, false) => conv2d(x, w, b, s, p, d, g),
            (_, false) => conv3d(x, w, b, s, p, d, g),
            (1, true) => conv_transpose1d(x, w, b, s[0], p[0], o[0], d[0], g),
            (2, true) => conv_transpose2d(x, w, b, s, p, o, d, g),
            (_, true) => conv_transpose3d(x, w, b, s, p, o, d, g),
        };
    }
}
