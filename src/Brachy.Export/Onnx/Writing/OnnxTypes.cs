namespace Brachy.IO.Onnx;

/// <summary>Numbers of element types in ONNX.</summary>
internal static class OnnxTypes
{
    /// <summary>The number of TensorProto.DataType.</summary>
    public static long CodeOf(DType dtype) => dtype switch
    {
        DType.Float32 => 1,
        DType.UInt8 => 2,
        DType.Int8 => 3,
        DType.Int16 => 5,
        DType.Int32 => 6,
        DType.Int64 => 7,
        DType.Bool => 9,
        DType.Float16 => 10,
        DType.Float64 => 11,
        DType.BFloat16 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Not an element type."),
    };
}
