using Brachy;
using Brachy.IO;
using Brachy.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace Service.Tests;

/// <summary>Training in the background.</summary>
public class TrainingTests
{
    [Fact]
    public void AStoppedTrainingGoesOnWithTheSameBits()
    {
        using var folder = new TemporaryFolder();
        float[] Weights(string file, params int[] stops)
        {
            ServiceOptions options = new() { Checkpoint = folder[file], TrainImages = 320, TrainBatch = 32, Epochs = 3 };
            foreach (var stop in stops)
            {
                using var part = new DigitTraining(options);
                using var source = new CancellationTokenSource();
                Assert.Throws<OperationCanceledException>(() =>
                {
                    foreach (var _ in part.Steps(source.Token))
                    {
                        if (part.Step == stop)
                        {
                            source.Cancel();
                        }
                    }
                });
                Assert.Equal(stop, part.Step);
                part.Save();
            }

            using var rest = new DigitTraining(options);
            Assert.Equal(30 - stops.LastOrDefault(), rest.Steps(default).Count());
            return Tensors(rest.Snapshot().Model);
        }

        var whole = Weights("whole");
        Assert.Equal(whole, Weights("parts", 4, 10, 27));
    }

    [Fact]
    public async Task ARestartedServiceAnswersAtOnceAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        var file = folder["digits.safetensors"];
        long first;
        await using (var service = await RunningService.StartAsync(file, waits: true, "--Service:Epochs", "100000"))
        {
            await service.StopAsync();
            first = Checkpoint.Load(file).Value<long>("step");
            Assert.True(first >= service.Services.GetRequiredService<ModelSource>().Current!.Step);
        }

        await using var again = await RunningService.StartAsync(file, waits: true, "--Service:Epochs", "100000");
        var models = again.Services.GetRequiredService<ModelSource>();
        var step = models.Current!.Step;
        Assert.True(step >= first);
        var image = RunningService.Images(1)[0];
        while (models.Current!.Step == step)
        {
            using var response = await again.AskAsync(image);
            Assert.True((await RunningService.AnswerAsync(response)).Step >= step);
        }

        await again.StopAsync();
        Assert.True(Checkpoint.Load(file).Value<long>("step") > first);
    }

    private static float[] Tensors(StructureTree model) =>
        [.. model.GetParams().DistinctTensors().SelectMany(entry => entry.Tensor.ToArray<float>())];
}
