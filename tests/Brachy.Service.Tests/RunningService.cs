using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Quickstart.Data;

namespace Service.Tests;

/// <summary>The service in this process, on a free port.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningService(WebApplication app, Uri address)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it; ready when it has a model, if asked.</summary>
    public static async Task<RunningService> StartAsync(string checkpoint, bool waits, params string[] settings)
    {
        var app = DigitService.Build(
        [
            "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning", "--Service:Checkpoint", checkpoint,
            "--Service:TrainImages", "640", "--Service:TrainBatch", "64", "--Service:StepsPerCheckpoint", "10", "--Service:Epochs", "2",
            .. settings,
        ]);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var service = new RunningService(app, new Uri(address));
        while (waits && !(await service.Client.GetAsync("/health/ready")).IsSuccessStatusCode)
        {
            await Task.Delay(20);
        }

        return service;
    }

    /// <summary>Images as they are sent.</summary>
    public static byte[][] Images(int count)
    {
        var digits = SyntheticDigits.Render(count, 7, DigitSplit.Test);
        return [.. Enumerable.Range(0, count).Select(i => Array.ConvertAll(digits.Image(i).ToArray(), p => (byte)(255 * p)))];
    }

    public Task<HttpResponseMessage> AskAsync(params byte[][] images) =>
        Client.PostAsync("/predict", JsonContent.Create(new PredictionRequest(images), PredictionJson.Default.PredictionRequest));

    public static async Task<PredictionResponse> AnswerAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync(PredictionJson.Default.PredictionResponse))!;

    /// <summary>As SIGTERM does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
