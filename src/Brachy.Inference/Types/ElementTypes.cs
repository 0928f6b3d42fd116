namespace Brachy.Compilation;

/// <summary>Types of functions of single elements.</summary>
internal static class ElementTypes
{
    public static TensorType[] Same(TypeArgs x) => [x[0].IsNumber ? new(Shape.Scalar, x[0].DType) : x[0]];

    public static TensorType[] Float(TypeArgs x) => [new(x[0].Shape, Promotion(x[0].DType))];

    /// <summary>Limits are plain numbers, which may widen the type.</summary>
    public static TensorType[] Clamp(TypeArgs x, ClampSettings settings)
    {
        Scalar?[] limits = [settings.Min, settings.Max];
        return [new(x[0].Shape, Extending.Promotion.ResultType(
            [x[0], .. limits.Where(limit => limit is not null).Select(limit => TensorType.OfNumber(limit!.Value))]))];
    }

    public static TensorType[] Square(TypeArgs x) => [new(x[0].Shape, x[0].DType == DType.Bool ? DType.Int64 : x[0].DType)];

    public static TensorType[] Cast(TypeArgs x, CastSettings settings) => [new(x[0].Shape, settings.DType)];

    public static TensorType[] Truth(TypeArgs x) => [new(x[0].Shape, DType.Bool)];

    public static TensorType[] Binary(TypeArgs x) => [new(Broadcast(x, 0, 1), Extending.Promotion.ResultType(x.Inputs))];

    public static TensorType[] FloatBinary(TypeArgs x) => [new(Broadcast(x, 0, 1), Promotion(Extending.Promotion.ResultType(x.Inputs)))];

    public static TensorType[] Comparison(TypeArgs x) => [new(Broadcast(x, 0, 1), DType.Bool)];

    public static TensorType[] Where(TypeArgs x)
    {
        x.Require(x[0].DType == DType.Bool);
        return [new(Dims.Broadcast(x.Op, x[0].Shape, Broadcast(x, 1, 2)), Extending.Promotion.ResultType(x.Inputs.Skip(1)))];
    }

    private static Shape Broadcast(TypeArgs x, int left, int right)
    {
        x.Require(x.Count == right + 1);
        return Dims.Broadcast(x.Op, x[left].Shape, x[right].Shape);
    }

    private static DType Promotion(DType dtype) => Extending.Promotion.ToFloat(dtype);
}
