using System.Globalization;
using System.Text.Json;

namespace Brachy.OpDatabase;

/// <summary>A call of one op, with what PyTorch gave.</summary>
/// <param name="Op">The op's name, such as <c>nn.functional.conv2d</c>.</param>
/// <param name="Positional">Positional arguments: tensors, numbers, truth values, texts, dtypes, lists of those, nulls.</param>
/// <param name="Named">Arguments by name.</param>
/// <param name="Results">The tensors that came out.</param>
/// <param name="Wanted">For each tensor argument, whether its gradient is known.</param>
/// <param name="Differentiable">For each result, whether it counts in the gradients.</param>
/// <param name="Grads">The gradients of those wanted: of the sum of all results times cos(0), cos(1), …; null for none.</param>
public sealed record Sample(
    string Op, string Title, object?[] Positional, KeyValuePair<string, object?>[] Named, Tensor[] Results, bool[] Wanted,
    bool[] Differentiable, Tensor?[]? Grads)
{
    public static Sample Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var positional = root.GetProperty("args").EnumerateArray().Select(Value).ToArray();
        KeyValuePair<string, object?>[] named =
            [.. root.GetProperty("kwargs").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, Value(p.Value)))];
        var texts = positional.Select(Text).Concat(named.Select(n => $"{n.Key}={Text(n.Value)}"));
        bool[] Flags(string name) =>
            root.TryGetProperty(name, out var flags) ? [.. flags.EnumerateArray().Select(f => f.GetBoolean())] : [];
        return new Sample(
            root.GetProperty("op").GetString()!, $"{root.GetProperty("op").GetString()}({string.Join(", ", texts)})", positional, named,
            [.. root.GetProperty("results").EnumerateArray().Select(r => (Tensor)Value(r)!)], Flags("wanted"), Flags("differentiable"),
            root.TryGetProperty("grads", out var grads) ? [.. grads.EnumerateArray().Select(g => (Tensor?)Value(g))] : null);
    }

    public static string Text(object? value) => value switch
    {
        null => "None",
        Tensor tensor => $"{tensor.Type}",
        object?[] list => $"[{string.Join(", ", list.Select(Text))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True or JsonValueKind.False => element.GetBoolean(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToArray(),
        _ when element.TryGetProperty("f", out var real) => Real(real),
        _ when element.TryGetProperty("d", out var dtype) => TypeOf(dtype.GetString()!),
        _ => TensorOf(element),
    };

    private static double Real(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? element.GetDouble() : element.GetString() switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            var text => double.Parse(text!, CultureInfo.InvariantCulture),
        };

    private static object TypeOf(string name) => name switch
    {
        "float64" => DType.Float64,
        "float32" => DType.Float32,
        "float16" => DType.Float16,
        "bfloat16" => DType.BFloat16,
        "int64" => DType.Int64,
        "int32" => DType.Int32,
        "int16" => DType.Int16,
        "int8" => DType.Int8,
        "uint8" => DType.UInt8,
        "bool" => DType.Bool,
        _ => name,
    };

    private static Tensor TensorOf(JsonElement element)
    {
        if (TypeOf(element.GetProperty("t").GetString()!) is not DType dtype)
        {
            throw new NotSupportedException($"A tensor of {element.GetProperty("t").GetString()}.");
        }

        var shape = element.GetProperty("s").EnumerateArray().Select(s => s.GetInt64()).ToArray();
        var values = element.GetProperty("v").EnumerateArray().ToArray();
        return dtype switch
        {
            DType.Bool => F.reshape(F.tensor(Array.ConvertAll(values, v => v.GetBoolean())), shape),
            _ when dtype.IsFloatingPoint() => F.reshape(
                F.tensor(Array.ConvertAll(values, v => v.ValueKind == JsonValueKind.Object ? Real(v.GetProperty("f")) : v.GetDouble())),
                shape).to(dtype),
            _ => F.reshape(F.tensor(Array.ConvertAll(values, v => v.GetInt64())), shape).to(dtype),
        };
    }
}
