using System.Text.Json;
using Quickstart.Data;

namespace Service;

/// <summary>Says what is wrong with a request.</summary>
internal static class PredictionValidation
{
    /// <summary>What is wrong with a body that is no request at all.</summary>
    public static Dictionary<string, string[]> Errors(JsonException error) => new(StringComparer.Ordinal)
    {
        [error.Path is { } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : "body"] =
        [
            error.Path is { } place && place.StartsWith("$.images[", StringComparison.Ordinal)
                ? $"An image is {DigitSet.Pixels} bytes as a text in base64, and this is something else."
                : "The body must be JSON such as {\"images\": [\"BASE64\"]}: " + error.Message,
        ],
    };

    /// <summary>What is wrong, by the place; empty when nothing is.</summary>
    public static Dictionary<string, string[]> Errors(PredictionRequest? request, int maxImages)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (request?.Images is not { Length: > 0 } images)
        {
            errors["images"] = ["There are no images: give 1 or more, 784 bytes each, as base64."];
        }
        else if (images.Length > maxImages)
        {
            errors["images"] = [$"There are {images.Length} images, and {maxImages} at most in one request."];
        }
        else
        {
            for (var i = 0; i < images.Length; i++)
            {
                if (images[i]?.Length != DigitSet.Pixels)
                {
                    errors[$"images[{i}]"] = [$"An image has {DigitSet.Pixels} bytes, and this one {images[i]?.Length ?? 0}."];
                }
            }
        }

        return errors;
    }
}
