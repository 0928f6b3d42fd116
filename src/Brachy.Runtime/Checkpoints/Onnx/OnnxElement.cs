namespace Brachy.IO;

/// <summary>A type of elements in ONNX (TensorProto.DataType).</summary>
/// <param name="Name">Its name in ONNX.</param>
/// <param name="DType">The type of Brachy's tensor, of the parts for complex numbers; null for one that Brachy does not have.</param>
/// <param name="Field">The field of TensorProto that holds its elements where they are no raw bytes.</param>
/// <param name="IsComplex">Whether an element is two numbers.</param>
internal sealed record OnnxElement(string Name, DType? DType, int Field, bool IsComplex = false)
{
    public const int FloatData = 4;
    public const int Int32Data = 5;
    public const int StringData = 6;
    public const int Int64Data = 7;
    public const int DoubleData = 10;
    public const int UInt64Data = 11;

    // By their numbers, from 1.
    private static readonly OnnxElement[] s_all =
    [
        new("FLOAT", Brachy.DType.Float32, FloatData), new("UINT8", Brachy.DType.UInt8, Int32Data),
        new("INT8", Brachy.DType.Int8, Int32Data), new("UINT16", null, Int32Data),
        new("INT16", Brachy.DType.Int16, Int32Data), new("INT32", Brachy.DType.Int32, Int32Data),
        new("INT64", Brachy.DType.Int64, Int64Data), new("STRING", null, StringData),
        new("BOOL", Brachy.DType.Bool, Int32Data), new("FLOAT16", Brachy.DType.Float16, Int32Data),
        new("DOUBLE", Brachy.DType.Float64, DoubleData), new("UINT32", null, UInt64Data), new("UINT64", null, UInt64Data),
        new("COMPLEX64", Brachy.DType.Float32, FloatData, IsComplex: true),
        new("COMPLEX128", Brachy.DType.Float64, DoubleData, IsComplex: true), new("BFLOAT16", Brachy.DType.BFloat16, Int32Data),
        new("FLOAT8E4M3FN", null, Int32Data), new("FLOAT8E4M3FNUZ", null, Int32Data), new("FLOAT8E5M2", null, Int32Data),
        new("FLOAT8E5M2FNUZ", null, Int32Data), new("UINT4", null, Int32Data), new("INT4", null, Int32Data),
        new("FLOAT4E2M1", null, Int32Data), new("FLOAT8E8M0", null, Int32Data), new("UINT2", null, Int32Data),
        new("INT2", null, Int32Data),
    ];

    public static OnnxElement Float => s_all[0];

    public static OnnxElement Int64 => s_all[6];

    public static OnnxElement String => s_all[7];

    /// <summary>The names of those that Brachy has.</summary>
    public static IEnumerable<string> Known => s_all.Where(e => e.DType is not null).Select(e => e.Name);

    /// <summary>The type of a number; one without a <see cref="DType"/> where ONNX had none when this was written.</summary>
    public static OnnxElement Of(ulong code) => code >= 1 && code <= (ulong)s_all.Length
        ? s_all[(int)code - 1]
        : new OnnxElement($"number {(long)code}", null, 0);

    /// <summary>The name of a field with elements; null for other fields.</summary>
    public static string? FieldName(int field) => field switch
    {
        FloatData => "float_data",
        Int32Data => "int32_data",
        StringData => "string_data",
        Int64Data => "int64_data",
        DoubleData => "double_data",
        UInt64Data => "uint64_data",
        _ => null,
    };
}
