namespace Brachy.Compilation;

/// <summary>Types of reads and writes by indices.</summary>
internal static class IndexTypes
{
    public static TensorType[] Embedding(TypeArgs x)
    {
        x.Require(x[0].Rank == 2 && x[1].DType.IsInteger());
        return [x[0].WithShape([.. x[1].Shape, x[0].Shape[1]])];
    }

    public static TensorType[] IndexSelect(TypeArgs x, DimSettings settings)
    {
        x.Require(x[0].Rank > 0 && x[1].Rank == 1 && x[1].DType.IsInteger());
        return [x[0].WithShape(ViewTypes.WithSize(x[0].Shape, x.Dim(settings.Dim), x[1].Shape[0]))];
    }

    /// <summary>Table, values and one tensor of indices into the first dim.</summary>
    public static TensorType[] IndexPut(TypeArgs x)
    {
        x.Require(x.Count == 3 && x[0].Rank > 0 && x[1].DType == x[0].DType && x[2].DType.IsInteger());
        Shape part = [.. x[2].Shape, .. x[0].Shape.Skip(1)];
        x.Require(Dims.Broadcast(x.Op, x[1].Shape, part) == part);
        return [x[0]];
    }
}
