using System.Text.Json.Serialization;

namespace Service;

/// <summary>What is asked.</summary>
/// <param name="Images">Images of 28×28 grey values, row by row: 784 bytes each, in JSON as base64.</param>
internal sealed record PredictionRequest(byte[]?[]? Images);

/// <summary>The answer for one image.</summary>
/// <param name="Digit">The most probable digit.</param>
/// <param name="Probabilities">The probability of each digit.</param>
internal sealed record Prediction(int Digit, float[] Probabilities);

/// <summary>The answer.</summary>
/// <param name="Predictions">One for each image, in their order.</param>
/// <param name="Step">After how many training steps the model was that answered.</param>
internal sealed record PredictionResponse(Prediction[] Predictions, long Step);

/// <summary>Reads and writes them without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PredictionRequest))]
[JsonSerializable(typeof(PredictionResponse))]
internal sealed partial class PredictionJson : JsonSerializerContext;
