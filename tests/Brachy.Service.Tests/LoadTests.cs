using System.Net;
using Brachy;
using Brachy.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Quickstart;
using Quickstart.Data;

namespace Service.Tests;

/// <summary>Many clients at once.</summary>
public class LoadTests
{
    private const int Clients = 32;
    private const int Requests = 10_000;

    [Fact]
    public async Task TenThousandRequestsAreAnsweredRightInFlatMemoryByOneVersion()
    {
        using var folder = new TemporaryFolder();
        await using var service = await RunningService.StartAsync(folder["digits.safetensors"], waits: true);
        await TrainedAsync(service, 20);
        var images = RunningService.Images(100);
        var expected = Expected(service.Services.GetRequiredService<ModelSource>().Current!, images);
        for (var i = 0; i < 20; i++)
        {
            (await service.AskAsync(images[i])).EnsureSuccessStatusCode();
        }

        var (live, traces) = (Live(), Scoring.ProbabilitiesJitFunction.TraceCount);
        var (next, answered) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            while (Interlocked.Increment(ref next) <= Requests)
            {
                var asked = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(images.Length)).ToArray();
                using var response = await service.AskAsync([.. asked.Select(i => images[i])]);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                var answer = await RunningService.AnswerAsync(response);
                Assert.Equal(20, answer.Step);
                Assert.Equal(asked.Length, answer.Predictions.Length);
                for (var i = 0; i < asked.Length; i++)
                {
                    var own = expected[asked[i]];
                    Assert.All(own.Zip(answer.Predictions[i].Probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
                    var prediction = answer.Predictions[i];
                    Assert.Equal(prediction.Probabilities.Max(), prediction.Probabilities[prediction.Digit]);
                }

                Interlocked.Increment(ref answered);
            }
        })));

        Assert.Equal(Requests, answered);
        Assert.Equal(live, Live());
        Assert.Equal(1, Scoring.ProbabilitiesJitFunction.CacheCount);
        Assert.Equal(traces, Scoring.ProbabilitiesJitFunction.TraceCount);
    }

    /// <summary>Waits until the training has ended.</summary>
    private static async Task TrainedAsync(RunningService service, long steps)
    {
        while (service.Services.GetRequiredService<ModelSource>().Current?.Step != steps)
        {
            await Task.Delay(20);
        }

        await service.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<TrainingService>().Single().ExecuteTask!;
    }

    /// <summary>What the model itself answers for each image alone, without compiled code.</summary>
    private static float[][] Expected(ServedModel served, byte[][] images) =>
    [
        .. images.Select(image =>
        {
            using var scope = TensorScope.Begin();
            var x = Tensor.FromArray(Array.ConvertAll(image, p => p / 255f), [1, DigitSet.Pixels]);
            return F.softmax(Classifier.Apply(served.Model, served.Config.With("train_mode", false), x).Output, -1).ToArray<float>();
        }),
    ];

    private static long Live()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return BrachyTelemetry.LiveBytes;
    }
}
