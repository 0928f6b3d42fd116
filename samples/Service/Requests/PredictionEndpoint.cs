using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Service;

/// <summary>POST /predict.</summary>
internal sealed partial class PredictionEndpoint(
    RequestQueue queue, ModelSource models, ServiceMetrics metrics, IOptions<ServiceOptions> options, IHostApplicationLifetime lifetime,
    ILogger<PredictionEndpoint> logger)
{
    /// <summary>
    /// Answers: 200 with predictions, 400 what is wrong, 413 too long, 415 no JSON, 503 no model yet, too many requests, or about to stop.
    /// </summary>
    /// <param name="http">The request, of which the body is read here, so that what is wrong with it can be said.</param>
    /// <param name="dropped">Cancelled when the client is gone.</param>
    public async Task<IResult> PredictAsync(HttpRequest http, CancellationToken dropped)
    {
        if (!http.HasJsonContentType())
        {
            metrics.Request("invalid");
            return TypedResults.Problem(
                "The content type must be application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            var request = await http.ReadFromJsonAsync(PredictionJson.Default.PredictionRequest, dropped);
            return await PredictAsync(request, dropped);
        }
        catch (JsonException error)
        {
            metrics.Request("invalid");
            return TypedResults.ValidationProblem(PredictionValidation.Errors(error));
        }
        catch (BadHttpRequestException error)
        {
            metrics.Request("invalid");
            return TypedResults.Problem(error.Message, statusCode: error.StatusCode);
        }
    }

    private async Task<IResult> PredictAsync(PredictionRequest? request, CancellationToken dropped)
    {
        if (PredictionValidation.Errors(request, options.Value.MaxImages) is { Count: > 0 } errors)
        {
            metrics.Request("invalid");
            return TypedResults.ValidationProblem(errors);
        }

        var images = request!.Images!;
        var waiting = new WaitingRequest([.. images.SelectMany(image => image!)], images.Length, dropped);
        if (models.Current is null)
        {
            return Refused("There is no model yet; look at /health/ready.");
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested || !queue.TryAdd(waiting))
        {
            return Refused("Too many requests wait, or the service is about to stop; try again later.");
        }

        LogAccepted(images.Length);
        try
        {
            var (probabilities, step) = await waiting.Answer.WaitAsync(dropped);
            metrics.Request("answered");
            var predictions = probabilities.Chunk(probabilities.Length / images.Length)
                .Select(own => new Prediction(own.AsSpan().IndexOf(own.Max()), own)).ToArray();
            return TypedResults.Json(new PredictionResponse(predictions, step), PredictionJson.Default.PredictionResponse);
        }
        catch (OperationCanceledException) when (dropped.IsCancellationRequested)
        {
            metrics.Request("dropped");
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (Exception)
        {
            metrics.Request("failed");
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Accepted {Images} images.")]
    private partial void LogAccepted(int images);

    private ProblemHttpResult Refused(string detail)
    {
        metrics.Request("refused");
        return TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
