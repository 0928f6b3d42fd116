using Brachy.Extending;

namespace Brachy;

/// <summary>The settings of a convolution, with one number for each spatial dim, and what they ask of its operands.</summary>
internal sealed class ConvolutionSettings(long[] stride, long[] padding, long[] dilation, bool transposed, long[] outputPadding, long groups)
{
    // libtorch writes machine code for a convolution before it runs it, and takes minutes over larger strides and borders.
    private static readonly long[] s_largestStride = [16384, 2048, 512];

    /// <summary>The distance between two windows.</summary>
    public long[] Stride => stride;

    /// <summary>Zeros before and after the input; transposed, elements cut off the result.</summary>
    public long[] Padding => padding;

    /// <summary>The distance between two elements of a window.</summary>
    public long[] Dilation => dilation;

    /// <summary>Whether this is the gradient of a convolution by its input.</summary>
    public bool Transposed => transposed;

    /// <summary>Elements added after the result of a transposed convolution.</summary>
    public long[] OutputPadding => outputPadding;

    /// <summary>The number of groups of channels that do not see each other.</summary>
    public long Groups => groups;

    /// <summary>The number of spatial dims.</summary>
    public int Dims => stride.Length;

    /// <summary>The name of the public function.</summary>
    public string Name => $"conv{(transposed ? "_transpose" : "")}{Dims}d";

    /// <summary>The settings of a use of a primitive.</summary>
    public static ConvolutionSettings Of(RuleArgs x) => Of(x.Attributes);

    /// <inheritdoc cref="Of(RuleArgs)"/>
    public static ConvolutionSettings Of(Attributes x) => new(
        (long[])x["stride"]!, (long[])x["padding"]!, (long[])x["dilation"]!, (bool)x["transposed"]!, (long[])x["output_padding"]!, (long)x["groups"]!);

    /// <summary>The same with another border.</summary>
    public ConvolutionSettings WithPadding(long[] numbers) => new(stride, numbers, dilation, transposed, outputPadding, groups);

    /// <summary>The settings as attributes, with more of them.</summary>
    public Attributes ToAttributes(params ReadOnlySpan<(string Name, object? Value)> more) => Attributes.Of(
    [
        ("stride", stride), ("padding", padding), ("dilation", dilation), ("transposed", transposed),
        ("output_padding", outputPadding), ("groups", groups), .. more,
    ]);

    /// <summary>The settings in the order of libtorch's operators, as TorchScript.</summary>
    public string ToScript() =>
        $"{Script.Ints(stride)}, {Script.Ints(padding)}, {Script.Ints(dilation)}, {Script.Flag(transposed)}, {Script.Ints(outputPadding)}, {groups}";

    /// <summary>The number of channels that a weight gives.</summary>
    public long OutputChannels(Shape weight) => transposed ? weight[1] * groups : weight[0];

    /// <summary>The multiply-adds: each element on the side where windows are counted meets a kernel of all channels of its group.</summary>
    public double MultiplyAdds(Shape input, Shape weight, Shape result) =>
        weight[0] == 0 ? 0 : (double)(transposed ? input : result).NumElements * (weight.NumElements / weight[0]);

    /// <summary>The shape of the result; throws what the user sees.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    /// <exception cref="ShapeException">The operands do not fit.</exception>
    public Shape OutputShape(Shape input, Shape weight)
    {
        RequireNumbers();
        RequireRanks(input, weight);
        RequireChannels(input, weight);
        var sizes = new long[input.Rank];
        sizes[0] = input[0];
        sizes[1] = OutputChannels(weight);
        for (var i = 0; i < Dims; i++)
        {
            sizes[i + 2] = OutputSize(input, weight, i);
        }

        return Shape.Own(sizes);
    }

    /// <summary>Throws unless the settings by themselves make sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One does not.</exception>
    public void RequireNumbers()
    {
        RequireRange("stride", stride, 1, LargestStride);
        RequireRange("padding", padding, 0, int.MaxValue);
        RequireRange("dilation", dilation, 1, 1 << 24);
        RequireRange("groups", [groups], 1, int.MaxValue);
        for (var i = 0; i < Dims; i++)
        {
            var limit = Math.Max(stride[i], dilation[i]);
            if (transposed && (outputPadding[i] < 0 || outputPadding[i] >= limit))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(outputPadding), $"{Name}: output_padding {Text(outputPadding)} must be at least 0 and less than the larger of stride {Text(stride)} and dilation {Text(dilation)}.");
            }
        }
    }

    private long LargestStride => s_largestStride[Dims - 1];

    private string Layout => transposed ? "[in, out / groups, …]" : "[out, in / groups, …]";

    private void RequireRange(string name, long[] values, long least, long most)
    {
        if (Array.Exists(values, v => v < least || v > most))
        {
            throw new ArgumentOutOfRangeException(name, $"{Name}: {name} must lie from {least} to {most}, but is {Text(values)}.");
        }
    }

    private void RequireRanks(Shape input, Shape weight)
    {
        var spatial = new[] { "L", "H, W", "D, H, W" }[Dims - 1];
        if (input.Rank != Dims + 2)
        {
            throw new ShapeException($"{Name}: input must be [N, C, {spatial}] or [C, {spatial}], but has shape {input}.");
        }

        if (weight.Rank != Dims + 2)
        {
            throw new ShapeException($"{Name}: weight must have {Dims + 2} dims ({Layout}), but has shape {weight}.");
        }

        if (weight.Contains(0) || input.Skip(1).Contains(0))
        {
            throw new ShapeException($"{Name}: weight {weight} and input {input} must not be empty; only the batch (dim 0 of input) may have size 0.");
        }
    }

    private void RequireChannels(Shape input, Shape weight)
    {
        var channels = transposed ? weight[0] : weight[1];
        var fits = transposed ? input[1] == channels : input[1] / groups == channels && input[1] % groups == 0;
        if (weight[0] % groups != 0 || !fits)
        {
            throw new ShapeException(
                $"{Name}: input {input} and weight {weight} do not fit with groups={groups}: weight is {Layout}, and both numbers of channels are divided by groups.");
        }
    }

    private long OutputSize(Shape input, Shape weight, int i)
    {
        var (size, kernel) = ((Int128)input[i + 2], (dilation[i] * ((Int128)weight[i + 2] - 1)) + 1);
        if (padding[i] >= kernel + LargestStride)
        {
            throw new ShapeException($"{Name}: padding {Text(padding)} must be less than the size of the kernel, dilation * (k - 1) + 1, and {LargestStride}: weight {weight}, dilation {Text(dilation)}.");
        }

        var result = transposed
            ? ((size - 1) * stride[i]) - (2 * padding[i]) + kernel + outputPadding[i]
            : size + (2 * padding[i]) < kernel ? 0 : ((size + (2 * padding[i]) - kernel) / stride[i]) + 1;
        if (result >= 1 && result <= long.MaxValue)
        {
            return (long)result;
        }

        throw new ShapeException(transposed
            ? $"{Name}: the result would have size {result} in spatial dim {i}: input {input}, weight {weight}, stride {Text(stride)}, padding {Text(padding)}, output_padding {Text(outputPadding)}, dilation {Text(dilation)}."
            : $"{Name}: the kernel is larger than the padded input in spatial dim {i} ({kernel} > {size + (2 * padding[i])}): input {input}, weight {weight}, padding {Text(padding)}, dilation {Text(dilation)}.");
    }

    private static string Text(long[] values) => values.Length == 1 ? $"{values[0]}" : $"({string.Join(", ", values)})";
}
