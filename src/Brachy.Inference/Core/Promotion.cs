namespace Brachy.Extending;

/// <summary>
/// PyTorch's type promotion: tensors with dims outrank 0-dim tensors, which outrank plain numbers; a lower rank changes
/// the result only when its kind (bool, integer, floating point) is higher.
/// Source: pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc.
/// </summary>
public static class Promotion
{
    /// <summary>The element type in which tensors of these types are combined.</summary>
    public static DType ResultType(IEnumerable<TensorType> types)
    {
        DType? dims = null, zeroDim = null, numbers = null;
        foreach (var type in types)
        {
            if (type.IsNumber)
            {
                numbers = Combine(numbers, type.DType);
            }
            else if (type.Rank == 0)
            {
                zeroDim = Combine(zeroDim, type.DType);
            }
            else
            {
                dims = Combine(dims, type.DType);
            }
        }

        return Widen(Widen(dims, zeroDim), numbers) ?? DType.Float32;
    }

    /// <summary>The element type that holds values of both, for tensors of equal rank.</summary>
    public static DType Combine(DType left, DType right)
    {
        if (left == right)
        {
            return left;
        }

        if (Category(left) != Category(right))
        {
            return Category(left) > Category(right) ? left : right;
        }

        if (left.IsFloatingPoint())
        {
            var halves = (left, right) is (DType.Float16, DType.BFloat16) or (DType.BFloat16, DType.Float16);
            return halves ? DType.Float32 : left.ItemSize() > right.ItemSize() ? left : right;
        }

        if (left == DType.UInt8 || right == DType.UInt8)
        {
            var signed = left == DType.UInt8 ? right : left;
            return signed == DType.Int8 ? DType.Int16 : signed;
        }

        return left.ItemSize() > right.ItemSize() ? left : right;
    }

    /// <summary>The floating-point type in which an integer input is computed: float32; floating types stay.</summary>
    public static DType ToFloat(DType dtype) => dtype.IsFloatingPoint() ? dtype : DType.Float32;

    private static DType? Combine(DType? left, DType right) => left is { } l ? Combine(l, right) : right;

    private static DType? Widen(DType? strong, DType? weak)
    {
        if (strong is not { } s)
        {
            return weak;
        }

        return weak is { } w && Category(w) > Category(s) ? w : s;
    }

    private static int Category(DType dtype) => dtype == DType.Bool ? 0 : dtype.IsFloatingPoint() ? 2 : 1;
}
