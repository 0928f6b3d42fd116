namespace Brachy;

/// <summary>Element type of a tensor. The numbers are libtorch's scalar-type codes.</summary>
public enum DType : sbyte
{
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 0,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 1,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 2,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 3,

    /// <summary>Signed 64-bit integer: the type of indices, counts and random keys.</summary>
    Int64 = 4,

    /// <summary>IEEE half precision.</summary>
    Float16 = 5,

    /// <summary>IEEE single precision: the default of floating-point results.</summary>
    Float32 = 6,

    /// <summary>IEEE double precision.</summary>
    Float64 = 7,

    /// <summary>True or false, one byte each.</summary>
    Bool = 11,

    /// <summary>Brain float: the exponent of float32 with 8 bits of precision.</summary>
    BFloat16 = 15,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    /// <summary>Every supported element type, in promotion order.</summary>
    public static IReadOnlyList<DType> All { get; } =
    [
        DType.Bool, DType.UInt8, DType.Int8, DType.Int16, DType.Int32, DType.Int64,
        DType.Float16, DType.BFloat16, DType.Float32, DType.Float64,
    ];

    /// <summary>Throws on a number that is no element type.</summary>
    /// <exception cref="DTypeException">It is none.</exception>
    internal static void RequireDefined(string op, DType dtype)
    {
        if (!Enum.IsDefined(dtype))
        {
            throw new DTypeException($"{op}: {(int)dtype} is no element type; use one of {string.Join(", ", All.Select(d => d.Name()))}.");
        }
    }

    /// <summary>Whether the type is one of the floating-point types.</summary>
    public static bool IsFloatingPoint(this DType dtype) =>
        dtype is DType.Float16 or DType.BFloat16 or DType.Float32 or DType.Float64;

    /// <summary>Whether the type is an integer type; <see cref="DType.Bool"/> is not.</summary>
    public static bool IsInteger(this DType dtype) =>
        dtype is DType.UInt8 or DType.Int8 or DType.Int16 or DType.Int32 or DType.Int64;

    /// <summary>Bytes of one element.</summary>
    public static int ItemSize(this DType dtype) => dtype switch
    {
        DType.UInt8 or DType.Int8 or DType.Bool => 1,
        DType.Int16 or DType.Float16 or DType.BFloat16 => 2,
        DType.Int32 or DType.Float32 => 4,
        _ => 8,
    };

    /// <summary>The name PyTorch and NumPy use, such as <c>float32</c>.</summary>
    public static string Name(this DType dtype) => dtype switch
    {
        DType.UInt8 => "uint8",
        DType.Int8 => "int8",
        DType.Int16 => "int16",
        DType.Int32 => "int32",
        DType.Int64 => "int64",
        DType.Float16 => "float16",
        DType.Float32 => "float32",
        DType.Float64 => "float64",
        DType.Bool => "bool",
        DType.BFloat16 => "bfloat16",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Not a supported element type."),
    };

    /// <summary>Whether a number is in the range of an element type; rounding does not count.</summary>
    internal static bool Holds(this DType dtype, Scalar value)
    {
        var (low, high) = dtype switch
        {
            DType.UInt8 => (byte.MinValue, byte.MaxValue),
            DType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            DType.Int16 => (short.MinValue, short.MaxValue),
            DType.Int32 => (int.MinValue, int.MaxValue),
            DType.Int64 => ((double)long.MinValue, long.MaxValue),
            DType.Float16 => (-65519.0, 65519.0),
            DType.Float32 or DType.BFloat16 => (float.MinValue, float.MaxValue),
            _ => (double.NegativeInfinity, double.PositiveInfinity),
        };
        var number = value.ToDouble();
        return (number >= low && number <= high) || (!double.IsFinite(number) && dtype.IsFloatingPoint()) || dtype == DType.Bool;
    }
}
