using Brachy;
using Brachy.Tests.Shared;

namespace Transfer.Tests;

public sealed class TrainingTests : IDisposable
{
    private static readonly TransferSettings s_settings = new(64, 8, HeadEpochs: 30, Epochs: 1, 0.001, "layer4", Seed: 1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_head_learns_first_and_then_what_is_thawed()
    {
        ImageFiles.TwoClasses(_folder, 6);
        var set = ImageFolder.Find(_folder.Path);
        var training = new TransferTraining(set, s_settings);
        var start = training.Model.MapParamsBuffers((_, tensor) => tensor.clone());

        var steps = 0;
        var (loss, frozen) = training.TrainHead(_ => steps++);
        Assert.Equal(training.Passes, steps);
        Assert.True(loss < 0.2, $"{loss}");
        Assert.Equal(1, frozen);
        Assert.Equal(frozen, training.Evaluate());
        Assert.Equal(["fc.bias", "fc.weight"], Changed(start, training.Model));

        var head = training.Model.MapParamsBuffers((_, tensor) => tensor.clone());
        training.Thaw((_, run) =>
        {
            steps = 0;
            var (thawedLoss, accuracy) = run(_ => steps++);
            Assert.Equal(training.StepsPerEpoch, steps);
            Assert.True(double.IsFinite(thawedLoss));
            Assert.Equal(accuracy, training.Evaluate());
        });
        var changed = Changed(head, training.Model);
        Assert.All(changed, path => Assert.True(path.StartsWith("fc.") || path.StartsWith("layer4."), path));
        Assert.Contains("layer4.0.conv1.weight", changed);
        Assert.Contains("fc.weight", changed);
    }

    [Fact]
    public void All_of_the_trunk_learns_by_default_and_a_saved_network_predicts_the_same()
    {
        ImageFiles.TwoClasses(_folder, 6);
        var set = ImageFolder.Find(_folder.Path);
        var training = new TransferTraining(set, s_settings with { Thaw = "all", HeadEpochs = 1 });
        training.TrainHead(_ => { });
        var before = training.Model.MapParamsBuffers((_, tensor) => tensor.clone());
        training.Thaw((_, run) => run(_ => { }));
        Assert.Contains("conv1.weight", Changed(before, training.Model));

        var predictor = training.Predictor();
        predictor.Save(_folder["network.safetensors"]);
        var loaded = Predictor.Load(_folder["network.safetensors"]);
        foreach (var image in set.HeldOut)
        {
            Assert.Equal(predictor.Predict(image), loaded.Predict(image));
            Assert.Equal(1, predictor.Predict(image).Sum(pair => pair.Probability), 1e-5);
        }
    }

    private static IEnumerable<string> Changed(StructureTree one, StructureTree other) => one.Tensors()
        .Where(t => !(bool)F.all(F.eq(t.Tensor, (Tensor)other[t.Path]))).Select(t => t.Path).Order(StringComparer.Ordinal);
}
