using Brachy.Inference;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.CSharpSources;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Frozen;

/// <summary>The code of docs/inference.md.</summary>
public class InferenceDocTests
{
    [Fact]
    public void AModel()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "model.brachy");
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Sequential(new Linear(6, 8), new ReLU(), new Dropout(0.5), new Linear(8, 3));
        var images = Rng.Normal([2, 6]).ToArray<float>();

        Export.Frozen(
            file, (model, config.With("train_mode", false)), [F.zeros([1, 6])],
            new() { Varying = [new(0, "batch")], InputNames = ["x"] });

        var frozen = FrozenModel.Load(file);
        var scores = new float[2 * 3];
        frozen.Run<float, float>(images, scores);

        var session = frozen.Session(2); // batch = 2
        images.CopyTo(session.Input<float>("x"));
        session.Run();
        var best = session.Result<float>()[..3];

        var small = folder["small.brachy"];
        var layers = new List<QuantizedLayer>();
        Export.Frozen(
            small, (model, config.With("train_mode", false)), [F.zeros([1, 6])],
            new() { Varying = [new(0, "batch")], Quantization = new() { Layers = (name, shape) => shape[0] > 3, Report = layers.Add } });

        Assert.Equal("0.weight", Assert.Single(layers).Name);
        var close = new float[2 * 3];
        FrozenModel.Load(small).Run<float, float>(images, close);
        Assert.All(scores.Zip(close), pair => Assert.Equal(pair.First, pair.Second, 0.1f));
        Assert.NotEqual(scores, close);

        var source = folder["Digits.cs"];
        Export.CSharp(
            source, (model, config.With("train_mode", false)), [F.zeros([1, 6])],
            new() { Namespace = "Shop.Models", Weights = CSharpWeights.Beside, Varying = [new(0, "batch")], InputNames = ["x"] });

        var written = new CompiledSources(File.ReadAllText(source)).Load("Shop.Models.Digits", folder["Digits.weights"]);
        var same = new float[2 * 3];
        written.Run<float, float>(images, same);
        Assert.Equal(scores, same);

        var expected = Sequential.Apply(model, config.With("train_mode", false), Tensor.FromArray(images, [2, 6])).Output;
        Assert.All(expected.ToArray<float>().Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal(scores[..3], best.ToArray());
    }

    [Fact]
    public void ABuiltModel()
    {
        var model = new FrozenBuilder();
        var batch = model.Size("batch", typical: 8);
        var x = model.Input("x", DType.Float32, [batch, 6]);
        var weight = model.Weight("weight", DType.Float32, [3, 6]);
        var linear = model.Apply("linear", [x, weight]);
        model.Output("scores", model.Apply("softmax", [linear], [("dim", 1)]));
        var built = model.Load(new byte[3 * 6 * sizeof(float)]);

        var scores = new float[2 * 3];
        built.Run<float, float>(new float[2 * 6], scores);
        Assert.All(scores, score => Assert.Equal(1f / 3, score, 1e-6f));
    }
}
