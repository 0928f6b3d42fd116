namespace Brachy.Compilation;

/// <summary>Types of keys and of what is drawn by them.</summary>
internal static class RandomTypes
{
    private static readonly TensorType s_key = new(Shape.Scalar, DType.Int64);

    public static TensorType[] FoldIn(TypeArgs x)
    {
        x.Require(x.Count == 2 && IsWholeNumber(x[0]) && IsWholeNumber(x[1]));
        return [s_key];
    }

    public static TensorType[] Sample(TypeArgs x, SampleSettings settings)
    {
        x.Require(x.Count == 1 && IsWholeNumber(x[0]) && settings.Shape.All(size => size >= 0));
        return [new(settings.Shape, settings.DType)];
    }

    public static TensorType[] RandInt(TypeArgs x, RandIntSettings settings)
    {
        x.Require(x.Count == 1 && IsWholeNumber(x[0]) && settings.Low < settings.High && settings.Shape.All(size => size >= 0));
        return [new(settings.Shape, DType.Int64)];
    }

    public static TensorType[] Permutation(TypeArgs x, PermutationSettings settings)
    {
        x.Require(x.Count == 1 && IsWholeNumber(x[0]) && settings.N >= 0);
        return [new([settings.N], DType.Int64)];
    }

    private static bool IsWholeNumber(TensorType type) => type.Rank == 0 && type.DType == DType.Int64;
}
