using System.Runtime.InteropServices;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>
/// Whether libtorch has oneDNN's kernels for long short-term memory, and they compute what the single steps compute: a small layer, with
/// sizes that fill no vector, and its gradients.
/// </summary>
internal static class LstmSelfCheck
{
    // Sums of a few dozen products, in another order.
    private const float Tolerance = 1e-4f;

    /// <summary>Checks it, and notes what is wrong among the events of <see cref="NativeRuntime"/>.</summary>
    public static bool Run()
    {
        var fault = FindFault();
        if (fault is not null)
        {
            NativeRuntime.Log("oneDNN", $"not used for LSTM layers, which are loops: {fault}");
        }

        return fault is null;
    }

    private static string? FindFault()
    {
        try
        {
            using var temporaries = TensorScope.Begin();
            using var scope = torch.NewDisposeScope();
            return Trace.Untraced(() => FindFault(reverse: false) ?? FindFault(reverse: true));
        }
        catch (Exception failure) when (failure is ExternalException or NativeOpException)
        {
            return failure.Message.Split('\n')[0];
        }
    }

    private static string? FindFault(bool reverse)
    {
        const int Length = 4;
        const int Batch = 3;
        const int Input = 9;
        const int Size = 20;
        Tensor[] operands =
        [
            Numbers(Length, Batch, Input), Numbers(4 * Size, Input), Numbers(4 * Size, Size), Numbers(4 * Size), Numbers(Batch, Size),
            Numbers(Batch, Size),
        ];
        Tensor[] slopes = [Numbers(Length, Batch, Size), Numbers(Batch, Size), Numbers(Batch, Size)];
        var results = LstmKernels.Forward(Native(operands), reverse, keep: true);
        var gradients = LstmKernels.Backward([.. Native(operands), .. results[..3], .. Native(slopes), results[3]], reverse);
        var (output, h, c) = LstmSteps.Layer(operands, reverse);
        Tensor[] layer = [output, h, c];
        var inSteps = LstmSteps.Gradients([.. operands, .. layer, .. slopes], reverse);
        return IsClose(layer, results) && IsClose(inSteps, gradients) ? null : "a known one came out wrong";
    }

    private static bool IsClose(Tensor[] expected, torch.Tensor[] actual) => expected.Zip(actual).All(pair =>
        pair.First.ToArray<float>().Zip(Tensor.FromTorch(pair.Second).ToArray<float>()).All(
            value => Math.Abs(value.First - value.Second) <= Tolerance));

    private static torch.Tensor[] Native(Tensor[] tensors) => Array.ConvertAll(tensors, tensor => tensor.AsTorch());

    private static Tensor Numbers(params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = 0.4f * MathF.Sin((7 * i) + shape[0]);
        }

        return Tensor.FromArray(values, [.. shape]);
    }
}
