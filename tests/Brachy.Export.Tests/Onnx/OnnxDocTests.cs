using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;
using Microsoft.ML.OnnxRuntime;

namespace Brachy.Tests.OnnxFiles;

/// <summary>The code of docs/onnx-export.md.</summary>
public class OnnxDocTests
{
    [Fact]
    public void AModel()
    {
        using var folder = new TemporaryFolder();
        var file = folder["model.onnx"];
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Sequential(new Linear(6, 8), new ReLU(), new Dropout(0.5), new Linear(8, 3));
        var x = F.zeros([1, 6]);

        Export.Onnx(file, (model, config.With("train_mode", false)), [x], new() { Varying = [new(0, "batch")] });

        using var session = new InferenceSession(file);
        Assert.Equal(["x"], session.InputNames);
        Assert.Equal([32, 3], OnnxRun.Run(session, F.ones([32, 6]))[0].shape);
        Assert.Equal(["0.weight", "0.bias", "3.weight", "3.bias"], OnnxFile.ReadInfo(file).Select(info => info.Name));
    }

    [Fact]
    public void AFunction()
    {
        using var folder = new TemporaryFolder();
        var file = folder["function.onnx"];

        Export.Onnx(file, (Tensor a, Tensor b) => F.softmax(F.matmul(a, b), -1), F.zeros([2, 3]), F.zeros([3, 4]));

        using var session = new InferenceSession(file);
        Assert.Equal(["a", "b"], session.InputNames);
    }
}
