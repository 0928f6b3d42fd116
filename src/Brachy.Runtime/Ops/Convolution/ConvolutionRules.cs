using System.Collections.Concurrent;
using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;

namespace Brachy;

/// <summary>The rules of convolutions, which are closed under differentiation.</summary>
internal static class ConvolutionRules
{
    /// <summary>The wanted gradients of a convolution, in one call.</summary>
    public static (Tensor? ByInput, Tensor? ByWeight, Tensor? ByBias) convolution_backward(
        ConvolutionSettings settings, Tensor g, Tensor input, Tensor weight, bool byInput, bool byWeight, bool byBias)
    {
        var wanted = new[] { byInput, byWeight, byBias };
        var results = ConvolutionBackward.BindAll(
            new ConvolutionBackwardSettings(settings, Array.ConvertAll(wanted, w => w ? 1L : 0)), g, input, weight);
        var next = 0;
        return (byInput ? results[next++] : null, byWeight ? results[next++] : null, byBias ? results[next] : null);
    }

    public static Tensor? ConvolutionCotangent(ConvolutionSettings settings, VjpArgs x, Tensor? a, Tensor? b, Tensor? c)
    {
        var byInput = a is null ? null : convolution(settings, a, x[2], c);
        var byWeight = b is null ? null : convolution(settings, x[1], b, byInput is null ? c : null);
        if (byInput is null && byWeight is null)
        {
            return c is null ? null : expand(reshape(c, [c.size(0), .. Enumerable.Repeat(1L, settings.Dims)]), x[0].shape);
        }

        return byInput is null ? byWeight : byWeight is null ? byInput : byInput + byWeight;
    }

    /// <summary>The tangent of a convolution, given those of input, weight and bias; null for zero.</summary>
    public static Tensor? TangentOf(
        ConvolutionSettings settings, Tensor input, Tensor weight, Tensor? byInput, Tensor? byWeight, Tensor? byBias) =>
        Tangents.Sum(
            byInput.Map(t => convolution(settings, t, weight, byWeight is null ? byBias : null)),
            byWeight.Map(t => convolution(settings, input, t, byBias)),
            byInput is null && byWeight is null ? byBias.Map(t => reshape(t, [t.size(0), .. Enumerable.Repeat(1L, settings.Dims)])) : null);

    public static Tensor convolution(ConvolutionSettings settings, Tensor input, Tensor weight, Tensor? bias) => bias is null
        ? Convolution.Bind(settings, input, weight)
        : Convolution.Bind(settings, input, weight, bias);

    /// <summary>The result type of a convolution of two operands; throws what the user sees.</summary>
    public static TensorType RequireConvolution<TSettings>(AbstractArgs<TSettings> x, int input, int weight, int other)
        where TSettings : ConvolutionSettings
    {
        Shapes.RequireFloat(x, input, "input");
        Shapes.RequireSameDType(x, x.Count > other ? [input, weight, other] : [input, weight]);
        return new(x.Settings.OutputShape(x[input].Shape, x[weight].Shape), x[input].DType, x.Device);
    }

    public static long[] AllButChannels(Tensor g) => [0, .. Enumerable.Range(2, g.ndim - 2).Select(i => (long)i)];

    private static readonly ConcurrentDictionary<string, ScriptFunction> s_backwardKernels = new();

    /// <summary>The kernel for a number of spatial dims and some of the gradients.</summary>
    public static ScriptFunction NativeConvolutionBackward(int dims, Shape mask) => s_backwardKernels.GetOrAdd(
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

    public static string Flags(Shape mask) => $"[{string.Join(", ", mask.Select(m => Script.Flag(m != 0)))}]";

    /// <summary>The wanted elements of a tuple in TorchScript, each with something after it; one of them alone is no tuple.</summary>
    public static string Wanted(Shape mask, string tuple, string suffix = "")
    {
        var parts = Enumerable.Range(0, mask.Length).Where(i => mask[i] != 0).Select(i => $"{tuple}[{i}]{suffix}").ToArray();
        return parts.Length == 1 ? parts[0] : $"({string.Join(", ", parts)})";
    }
}
