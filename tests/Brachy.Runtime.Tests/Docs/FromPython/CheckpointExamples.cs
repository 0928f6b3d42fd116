using Brachy.IO;
using Brachy.NN;
using TorchSharp;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: checkpoints and files of PyTorch.</summary>
public partial class CheckpointExamples
{
    [Fact]
    public void CheckpointsAreSavedAndLoaded()
    {
        using var rng = Rng.Scope(0);
        var path = Path.GetTempFileName();
        var (tree, config) = new Linear(2, 1);
        Checkpoint.Save(path, ("model", (tree, config)), ("step", 100));
        var (model, settings) = Checkpoint.Load(path).Tree("model");

        Assert.Equal(100, Checkpoint.Load(path).Value<long>("step"));
        File.Delete(path);
        Assert.Equal(
            tree.Apply(config, F.ones([2])).Output.ToArray<float>(), model.Apply(settings, F.ones([2])).Output.ToArray<float>());
        Assert.Equal(config, settings);
    }

    [Fact]
    public void WeightsComeFromTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(0);
        var (tree, _) = new Linear(2, 1);
        using var linear = torch.nn.Linear(2, 1);
        (tree, var report) = Import.FromTorch(tree, linear);
        var built = Import.FromTorch(linear); // a tree of the weights alone

        Assert.True(report.IsComplete);
        Assert.Equal(linear.weight!.data<float>().ToArray(), tree["weight"].Tensor.ToArray<float>());
        Assert.Equal(linear.bias!.data<float>().ToArray(), built["bias"].Tensor.ToArray<float>());
    }

    [Fact]
    public void GradientsComeFromTorch()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(0);
        var (tree, _) = new Linear(2, 1);
        using var linear = torch.nn.Linear(2, 1);
        linear.forward(torch.ones(1, 2)).sum().backward();
        var grads = Import.GradientsFromTorch(tree, linear);

        Assert.Equal([1, 1], grads["weight"].Tensor.ToArray<float>());
        Assert.Equal([1], grads["bias"].Tensor.ToArray<float>());
    }

    [Fact]
    public void StateDictsInFiles()
    {
        using var rng = Rng.Scope(0);
        var path = Path.GetTempFileName();
        var (tree, other) = (new Linear(2, 1).Tree, new Linear(2, 1).Tree);
        TorchFile.SaveStateDict(path, tree);
        var (loaded, _) = Import.FromStateDict(other, TorchFile.LoadStateDict(path));

        File.Delete(path);
        Assert.Equal(tree["weight"].Tensor.ToArray<float>(), loaded["weight"].Tensor.ToArray<float>());
        Assert.NotEqual(tree["weight"].Tensor.ToArray<float>(), other["weight"].Tensor.ToArray<float>());
    }
}
