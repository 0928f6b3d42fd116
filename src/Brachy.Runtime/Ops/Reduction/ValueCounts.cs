using static Brachy.F;

namespace Brachy;

/// <summary>How often each number occurs.</summary>
internal static class ValueCounts
{
    /// <summary>
    /// How often each number below a size occurs, or the sum of its weights; the number equal to the size is not counted.
    /// </summary>
    public static Tensor Of(Tensor numbers, long size, Tensor? weights)
    {
        weights ??= ones_like(numbers);
        return slice(scatter_add(zeros([size + 1], weights.dtype, weights.device), 0, numbers, weights), 0, 0, size);
    }
}
