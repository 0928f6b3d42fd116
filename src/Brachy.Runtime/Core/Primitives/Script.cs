using System.Globalization;

namespace Brachy.Extending;

/// <summary>Writes values as TorchScript literals.</summary>
public static class Script
{
    /// <summary>A plain number.</summary>
    public static string Number(Scalar value) => value.Kind == ScalarKind.Real ? Real(value.ToDouble()) : value.ToString();

    /// <summary>A real number.</summary>
    public static string Real(double value) => value switch
    {
        double.PositiveInfinity => "float('inf')",
        double.NegativeInfinity => "float('-inf')",
        double.NaN => "float('nan')",
        _ => new Scalar(value).ToString(),
    };

    /// <summary>A list of integers. An empty list is cut out of another: TorchScript takes a bare one for a list of tensors.</summary>
    public static string Ints(Shape values)
    {
        var text = string.Join(", ", values.Select(v => v.ToString(CultureInfo.InvariantCulture)));
        return text.Length == 0 ? "[0][1:]" : $"[{text}]";
    }

    /// <summary>A truth value.</summary>
    public static string Flag(bool value) => value ? "True" : "False";

    /// <summary>An element type, as TorchScript's integer code.</summary>
    public static string Type(DType dtype) => ((int)dtype).ToString(CultureInfo.InvariantCulture);

    /// <summary>A device.</summary>
    public static string Device(Device device) => $"torch.device('{device}')";
}
