using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Brachy.IO;
using Brachy.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Service.Tests;

/// <summary>The end of a service: what was accepted is answered, and nothing else is accepted.</summary>
public partial class ShutdownTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public async Task StoppingAnswersAllThatWasAccepted()
    {
        using var folder = new TemporaryFolder();

        // Batches wait long, so that requests are under way when the service stops.
        await using var service = await RunningService.StartAsync(
            folder["digits.safetensors"], waits: true, "--Service:MaxDelay", "1000", "--Service:MaxBatch", "1000");
        var queue = service.Services.GetRequiredService<RequestQueue>();
        var images = RunningService.Images(3);
        var asked = Enumerable.Range(0, 24).Select(_ => service.AskAsync(images)).ToArray();
        while (queue.Accepted < 24)
        {
            await Task.Delay(5);
        }

        await service.StopAsync();
        foreach (var answer in asked)
        {
            using var response = await answer;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(3, (await RunningService.AnswerAsync(response)).Predictions.Length);
        }

        Assert.False(queue.TryAdd(new WaitingRequest(images[0], 1, default)));
        await Assert.ThrowsAsync<HttpRequestException>(() => service.AskAsync(images));
        Assert.Equal(20, Checkpoint.Load(folder["digits.safetensors"]).Value<long>("step"));
    }

    [Fact]
    public async Task SigtermEndsTheProcessAfterItsAnswers()
    {
        using var folder = new TemporaryFolder();
        var file = folder["digits.safetensors"];
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Service.dll"), "--urls", "http://127.0.0.1:0", "--Service:Checkpoint", file,
                "--Service:TrainImages", "640", "--Service:StepsPerCheckpoint", "10", "--Service:Epochs", "100000",
                "--Service:MaxDelay", "1000", "--Logging:LogLevel:Service", "Debug", "--Service:MaxBatch", "1000",
            },
            RedirectStandardOutput = true,
        })!;
        try
        {
            var start = await LineAsync(process, Address());
            using var client = new HttpClient { BaseAddress = new Uri(Address().Match(start).Value) };
            while (!(await client.GetAsync("/health/ready")).IsSuccessStatusCode)
            {
                await Task.Delay(20);
            }

            var images = RunningService.Images(2);
            var asked = Enumerable.Range(0, 8).Select(_ => client.PostAsync(
                "/predict", JsonContent.Create(new PredictionRequest(images), PredictionJson.Default.PredictionRequest))).ToArray();
            for (var accepted = 0; accepted < 8; accepted++)
            {
                await LineAsync(process, Accepted());
            }

            Assert.Equal(0, Kill(process.Id, 15));
            foreach (var answer in asked)
            {
                using var response = await answer;
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                Assert.Equal(2, (await RunningService.AnswerAsync(response)).Predictions.Length);
            }

            var last = Stopped().Match(await LineAsync(process, Stopped())).Groups[1].Value;
            var stopped = long.Parse(last, CultureInfo.InvariantCulture);
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/health/live"));
            Assert.True(stopped >= 10);
            Assert.Equal(stopped, Checkpoint.Load(file).Value<long>("step"));

            // What Brachy reports is in the logs: one version for all sizes of batches.
            Assert.Single(_lines, line => line.Contains("Traced and compiled Scoring.Probabilities", StringComparison.Ordinal));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"Training stopped at step (\d+); saved")]
    private static partial Regex Stopped();

    [GeneratedRegex("Accepted 2 images")]
    private static partial Regex Accepted();

    /// <summary>The next line that the process writes and that matches.</summary>
    private async Task<string> LineAsync(Process process, Regex wanted)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Add(line);
            if (wanted.IsMatch(line))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The service has ended, and has not written '{wanted}'.");
    }
}
