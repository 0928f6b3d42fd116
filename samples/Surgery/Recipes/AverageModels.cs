using Brachy;

namespace Surgery.Recipes;

/// <summary>Averages the weights of networks that were trained from the same start: a model soup.</summary>
public static class AverageModels
{
    /// <summary>The mean of two trees, tensor by tensor; integers, such as counters, come from the first.</summary>
    public static StructureTree Mean(StructureTree first, StructureTree second) => Mix(first, second, 0.5);

    /// <summary>A point on the line between two trees: the first at 0, the second at 1.</summary>
    public static StructureTree Mix(StructureTree first, StructureTree second, double at) =>
        StructureTree.MapParamsBuffers((_, a, b) => a.dtype.IsFloatingPoint() ? a + (at * (b - a)) : a, first, second);
}
