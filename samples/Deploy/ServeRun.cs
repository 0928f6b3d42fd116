using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quickstart.Data;

namespace Deploy;

/// <summary>What is asked: grey values from 0 to 255, row by row, in JSON as base64.</summary>
/// <param name="Pixels">784 bytes.</param>
internal sealed record DigitRequest(byte[]? Pixels);

/// <summary>The answer.</summary>
/// <param name="Digit">The digit with the highest score.</param>
/// <param name="Scores">The score of each digit.</param>
internal sealed record DigitAnswer(int Digit, float[] Scores);

/// <summary>Reads and writes them without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DigitRequest))]
[JsonSerializable(typeof(DigitAnswer))]
internal sealed partial class DigitJson : JsonSerializerContext;

/// <summary>Serves an exported model. Neither Brachy nor libtorch is loaded.</summary>
internal static class ServeRun
{
    public static int Run(ServeOptions options)
    {
        using var classifier = new OnnxClassifier(options.Model);
        using var app = Build(classifier, options.Port);
        app.Run();
        return 0;
    }

    /// <summary>The service, not yet started.</summary>
    public static WebApplication Build(OnnxClassifier classifier, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, DigitJson.Default));
        var app = builder.Build();
        app.MapGet("/health", () => Results.Ok());
        app.MapPost("/digit", (HttpRequest request) => AnswerAsync(classifier, request));
        return app;
    }

    private static async Task<IResult> AnswerAsync(OnnxClassifier classifier, HttpRequest http)
    {
        byte[]? pixels;
        try
        {
            pixels = http.HasJsonContentType() ? (await http.ReadFromJsonAsync(DigitJson.Default.DigitRequest))?.Pixels : [];
        }
        catch (JsonException error)
        {
            return Results.Problem($"The body must be {{\"pixels\": \"BASE64\"}}: {error.Message}", statusCode: 400);
        }

        if (pixels?.Length != DigitSet.Pixels)
        {
            return Results.Problem(
                $"'pixels' must have {DigitSet.Pixels} bytes as base64 in JSON, and has {pixels?.Length ?? 0}.", statusCode: 400);
        }

        var scores = classifier.Scores(Array.ConvertAll(pixels, value => value / 255f), 1);
        return Results.Ok(new DigitAnswer(Array.IndexOf(scores, scores.Max()), scores));
    }
}
