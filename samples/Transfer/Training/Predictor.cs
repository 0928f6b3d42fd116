using System.Text.Json;
using System.Text.Json.Serialization;
using Brachy;
using Brachy.IO;
using Brachy.Models;
using Samples.Shared;

namespace Transfer;

/// <summary>A network that says what is in images.</summary>
internal sealed class Predictor(StructureTree model, GlobalConfig config, IReadOnlyList<string> classes, int side, float[] mean)
{
    /// <summary>Reads a network that <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds something else.</exception>
    public static Predictor Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"{path}: there is no such file; train a network first, or name one by --checkpoint");
        }

        // Names of module classes are known when their assembly is.
        _ = ResNet.ApplyFunction;
        var checkpoint = Checkpoint.Load(path);
        try
        {
            var about = JsonSerializer.Deserialize(checkpoint.Value<string>("about"), PredictorJson.Default.PredictorFile)!;
            var (model, config) = checkpoint.Tree("model");
            return new(model, config, about.Classes, about.Side, about.Mean);
        }
        catch (Exception e) when (e is KeyNotFoundException or JsonException)
        {
            throw new InputException($"{path}: is a checkpoint of something else: {e.Message}", e);
        }
    }

    /// <summary>Writes all to a file, which is replaced only when the new one is whole.</summary>
    public void Save(string path) => Checkpoint.Save(
        path, ("model", (model, config)),
        ("about", JsonSerializer.Serialize(new([.. classes], side, mean), PredictorJson.Default.PredictorFile)));

    /// <summary>The classes of an image, the most probable first.</summary>
    /// <exception cref="IOException">The image cannot be read; the message names the file.</exception>
    public IReadOnlyList<(string Class, double Probability)> Predict(LabelledImage image)
    {
        using var scope = TensorScope.Begin();
        var planes = new byte[3 * side * side];
        image.Read(side, planes);
        var probabilities = TransferSteps.PredictJit(
            model, config, Tensor.FromArray(planes, [1, 3, side, side]), Tensor.FromArray(mean, [3, 1, 1])).ToArray<float>();
        return [.. classes.Zip(probabilities, (name, p) => (name, (double)p)).OrderByDescending(pair => pair.Item2)];
    }
}

/// <summary>What a checkpoint has beside the network.</summary>
internal sealed record PredictorFile(string[] Classes, int Side, float[] Mean);

/// <summary>Writes and reads it.</summary>
[JsonSerializable(typeof(PredictorFile))]
internal sealed partial class PredictorJson : JsonSerializerContext;
