namespace Brachy.IO;

/// <summary>A type of elements in files, and how Brachy holds it.</summary>
/// <param name="Name">Its name in PyTorch.</param>
/// <param name="DType">The type of Brachy's tensor; of the parts for complex numbers.</param>
/// <param name="IsComplex">Whether an element is two numbers.</param>
internal sealed record TorchElement(string Name, DType DType, bool IsComplex = false)
{
    private static readonly Dictionary<string, TorchElement> s_byName = DTypes.All.Select(d => new TorchElement(d.Name(), d))
        .Concat([new("complex32", DType.Float16, true), new("complex64", DType.Float32, true), new("complex128", DType.Float64, true)])
        .ToDictionary(e => e.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, TorchElement> s_byStorage = new (string Class, string Name)[]
    {
        ("Double", "float64"), ("Float", "float32"), ("Half", "float16"), ("BFloat16", "bfloat16"), ("Long", "int64"), ("Int", "int32"),
        ("Short", "int16"),
        ("Char", "int8"), ("Byte", "uint8"), ("Bool", "bool"), ("ComplexHalf", "complex32"), ("ComplexFloat", "complex64"),
        ("ComplexDouble", "complex128"),

        // The whole numbers behind quantized tensors.
        ("QInt8", "int8"), ("QUInt8", "uint8"), ("QInt32", "int32"), ("QUInt4x2", "uint8"), ("QUInt2x4", "uint8"),
    }.ToDictionary(e => $"{e.Class}Storage", e => s_byName[e.Name], StringComparer.Ordinal);

    /// <summary>Bytes without a type.</summary>
    public static TorchElement Byte { get; } = s_byName["uint8"];

    /// <summary>Bytes of one element.</summary>
    public int Size => DType.ItemSize() * (IsComplex ? 2 : 1);

    /// <summary>The type of a name, such as <c>complex64</c>; null for one that Brachy cannot hold.</summary>
    public static TorchElement? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>
    /// The type of a class of storages, such as <c>FloatStorage</c>; null for one that does not say it, or that Brachy cannot hold.
    /// </summary>
    public static TorchElement? OfStorage(string name) => s_byStorage.GetValueOrDefault(name);
}
