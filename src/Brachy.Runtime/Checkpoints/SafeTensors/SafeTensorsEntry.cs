using System.Text.Json;

namespace Brachy.IO;

/// <summary>A tensor of a <c>.safetensors</c> file.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Start">Where in the data it begins.</param>
/// <param name="End">Where it ends.</param>
internal sealed record SafeTensorsEntry(TensorType Type, long Start, long End)
{
    /// <exception cref="CheckpointException">
    /// The description breaks a rule of the format, or the element type is not one of Brachy's.
    /// </exception>
    public static SafeTensorsEntry Parse(string name, JsonElement element, (string Code, DType DType)[] codes, CheckpointFile file)
    {
        string? code = null;
        long[]? sizes = null;
        long[]? offsets = null;
        foreach (var property in element.EnumerateObject())
        {
            var isNew = property.Name switch
            {
                "dtype" => code is null,
                "shape" => sizes is null,
                "data_offsets" => offsets is null,
                _ => throw file.Damaged($"says '{property.Name}' of '{name}', which the format does not know"),
            };
            if (!isNew)
            {
                throw file.Damaged($"says '{property.Name}' of '{name}' twice");
            }

            switch (property.Name)
            {
                case "dtype":
                    code = property.Value.GetString();
                    break;
                case "shape":
                    sizes = Numbers(property.Value);
                    break;
                default:
                    offsets = Numbers(property.Value);
                    break;
            }
        }

        if (code is null || sizes is null || offsets is not [>= 0 and var start, var end] || end < start)
        {
            throw file.Damaged($"does not say type, shape and place of '{name}'");
        }

        var known = Array.FindIndex(codes, c => c.Code == code);
        if (known < 0)
        {
            throw file.Refused(
                $"has elements of type {code} in '{name}', which Brachy does not have",
                $"Convert them to one of {string.Join(", ", codes.Select(c => c.Code))}.");
        }

        var dtype = codes[known].DType;
        return StoredSizes.Count(sizes) * dtype.ItemSize() == end - start
            ? new SafeTensorsEntry(new TensorType(sizes, dtype), start, end)
            : throw file.Damaged($"gives {end - start} bytes to '{name}', which is {code} [{string.Join(", ", sizes)}]");
    }

    private static long[] Numbers(JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetInt64())];
}
