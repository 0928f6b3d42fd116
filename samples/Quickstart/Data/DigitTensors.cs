using Brachy;

namespace Quickstart.Data;

/// <summary>Images and labels as tensors.</summary>
internal static class DigitTensors
{
    /// <summary>float32 [images, pixels] in [0, 1], and int64 [images].</summary>
    public static (Tensor Images, Tensor Labels) Of(DigitSet digits) => (
        Tensor.FromArray(digits.Images, [digits.Count, DigitSet.Pixels]),
        Tensor.FromArray(Array.ConvertAll(digits.Labels, label => (long)label), [digits.Count]));
}
