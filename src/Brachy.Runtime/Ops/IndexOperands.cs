using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Operands that name elements of another.</summary>
internal static class IndexOperands
{
    public static void RequireIndex(AbstractArgs x, int input, string argument, bool allowInt32 = false)
    {
        if (x.IsNumber(input))
        {
            throw new DTypeException($"{x.Primitive.Name}: {argument} must be a tensor, but is a plain number; use F.tensor.");
        }

        if (x[input].DType != DType.Int64 && !(allowInt32 && x[input].DType == DType.Int32))
        {
            throw new DTypeException($"{x.Primitive.Name}: {argument} must be int64{(allowInt32 ? " or int32" : "")}, but is {x[input]}; "
                + "cast it with x.to(DType.Int64).");
        }
    }

    public static Tensor LongIndex(Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.dtype == DType.Int32 || (index.Number is not null && index.dtype == DType.Int64) ? to(index, DType.Int64) : index;
    }
}
