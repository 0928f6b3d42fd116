namespace Brachy.Compilation;

/// <summary>A number of an optimizer: plain, or a tensor without dims.</summary>
internal readonly unsafe struct UpdateNumber
{
    private readonly Layout? _single;
    private readonly double _number;

    private UpdateNumber(Layout? single, double number) => (_single, _number) = (single, number);

    /// <summary>An operand, or null if it cannot be read.</summary>
    public static UpdateNumber? Of(VectorArgs x, int operand) =>
        x.IsNumber(operand) ? new(null, x.Number(operand).ToDouble())
        : x[operand].DType is DType.Float32 or DType.Float64 ? new(x[operand], 0)
        : null;

    /// <summary>Where it lies; null for a plain number.</summary>
    public Layout? Memory => _single;

    /// <summary>Its value in this run.</summary>
    public double Value(nint* memory) => _single is null ? _number
        : _single.DType == DType.Float32 ? *_single.At<float>(memory)
        : *_single.At<double>(memory);
}
