using Brachy.Extending;

namespace Brachy;

/// <summary>The settings of a convolution, with one number for each spatial dim, and what they ask of its operands.</summary>
/// <param name="Stride">The distance between two windows.</param>
/// <param name="Padding">Zeros before and after the input; transposed, elements cut off the result.</param>
/// <param name="Dilation">The distance between two elements of a window.</param>
/// <param name="Transposed">Whether this is the gradient of a convolution by its input.</param>
/// <param name="OutputPadding">Elements added after the result of a transposed convolution.</param>
/// <param name="Groups">The number of groups of channels that do not see each other.</param>
internal record ConvolutionSettings(
    Shape Stride, Shape Padding, Shape Dilation, bool Transposed, Shape OutputPadding, long Groups) : Settings
{
    // libtorch writes machine code for a convolution before it runs it, and takes minutes over larger strides and borders.
    private static readonly long[] s_largestStride = [16384, 2048, 512];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
    [
        ("stride", Stride), ("padding", Padding), ("dilation", Dilation), ("transposed", Transposed),
        ("output_padding", OutputPadding), ("groups", Groups),
    ];

    /// <summary>The number of spatial dims.</summary>
    public int Dims => Stride.Length;

    /// <summary>The name of the public function.</summary>
    public string Name => $"conv{(Transposed ? "_transpose" : "")}{Dims}d";

    /// <summary>The number of channels that a weight gives.</summary>
    public long OutputChannels(Shape weight) => Transposed ? weight[1] * Groups : weight[0];

    /// <summary>
    /// The multiply-adds: each element on the side where windows are counted meets a kernel of all channels of its group.
    /// </summary>
    public double MultiplyAdds(Shape input, Shape weight, Shape result) =>
        weight[0] == 0 ? 0 : (double)(Transposed ? input : result).NumElements * (weight.NumElements / weight[0]);

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
        RequireRange("stride", Stride, 1, LargestStride);
        RequireRange("padding", Padding, 0, int.MaxValue);
        RequireRange("dilation", Dilation, 1, 1 << 24);
        RequireRange("groups", [Groups], 1, int.MaxValue);
        for (var i = 0; i < Dims; i++)
        {
            var limit = Math.Max(Stride[i], Dilation[i]);
            if (Transposed && (OutputPadding[i] < 0 || OutputPadding[i] >= limit))
            {
                throw new ArgumentOutOfRangeException(
                    "outputPadding", $"{Name}: output_padding {Text(OutputPadding)} must be at least 0 and less than the larger of stride "
                        + $"{Text(Stride)} and dilation {Text(Dilation)}.");
            }
        }
    }

    private long LargestStride => s_largestStride[Dims - 1];

    private string Layout => Transposed ? "[in, out / groups, …]" : "[out, in / groups, …]";

    private void RequireRange(string name, Shape values, long least, long most)
    {
        if (values.Any(v => v < least || v > most))
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
            throw new ShapeException(
                $"{Name}: weight {weight} and input {input} must not be empty; only the batch (dim 0 of input) may have size 0.");
        }
    }

    private void RequireChannels(Shape input, Shape weight)
    {
        var channels = Transposed ? weight[0] : weight[1];
        var fits = Transposed ? input[1] == channels : input[1] / Groups == channels && input[1] % Groups == 0;
        if (weight[0] % Groups != 0 || !fits)
        {
            throw new ShapeException(
                $"{Name}: input {input} and weight {weight} do not fit with groups={Groups}: weight is {Layout}, and both numbers of "
                + "channels are divided by groups.");
        }
    }

    private long OutputSize(Shape input, Shape weight, int i)
    {
        var (size, kernel) = ((Int128)input[i + 2], (Dilation[i] * ((Int128)weight[i + 2] - 1)) + 1);
        if (Padding[i] >= kernel + LargestStride)
        {
            throw new ShapeException($"{Name}: padding {Text(Padding)} must be less than the size of the kernel, dilation * (k - 1) + 1, "
                + $"and {LargestStride}: weight {weight}, dilation {Text(Dilation)}.");
        }

        var result = Transposed
            ? ((size - 1) * Stride[i]) - (2 * Padding[i]) + kernel + OutputPadding[i]
            : size + (2 * Padding[i]) < kernel ? 0 : ((size + (2 * Padding[i]) - kernel) / Stride[i]) + 1;
        if (result >= 1 && result <= long.MaxValue)
        {
            return (long)result;
        }

        throw new ShapeException(Transposed
            ? $"{Name}: the result would have size {result} in spatial dim {i}: input {input}, weight {weight}, stride {Text(Stride)}, "
                + $"padding {Text(Padding)}, output_padding {Text(OutputPadding)}, dilation {Text(Dilation)}."
            : $"{Name}: the kernel is larger than the padded input in spatial dim {i} ({kernel} > {size + (2 * Padding[i])}): input "
                + $"{input}, weight {weight}, padding {Text(Padding)}, dilation {Text(Dilation)}.");
    }

    private static string Text(Shape values) => values.Length == 1 ? $"{values[0]}" : $"({string.Join(", ", values)})";
}
