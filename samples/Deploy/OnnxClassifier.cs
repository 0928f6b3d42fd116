using Microsoft.ML.OnnxRuntime;
using Quickstart.Data;
using Samples.Shared;

namespace Deploy;

/// <summary>The exported file, run by ONNX Runtime alone.</summary>
internal sealed class OnnxClassifier : IDisposable
{
    private readonly InferenceSession _session;

    /// <exception cref="InputException">There is no such file, or it is no model of digits.</exception>
    public OnnxClassifier(string file)
    {
        if (!File.Exists(file))
        {
            throw new InputException($"{file}: there is no such file; make it with 'export'");
        }

        try
        {
            _session = new InferenceSession(file);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InputException($"{file}: ONNX Runtime cannot load it: {error.Message}", error);
        }

        if (_session.InputNames is not ["images"] || _session.OutputNames is not ["scores"])
        {
            _session.Dispose();
            throw new InputException($"{file}: the model does not take 'images' to 'scores'");
        }
    }

    /// <summary>One score for each class of each image.</summary>
    /// <param name="images">Pixels from 0 to 1, image after image.</param>
    /// <param name="count">How many images there are.</param>
    public float[] Scores(float[] images, int count)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(images, [count, DigitSet.Pixels]);
        using var run = new RunOptions();
        using var results = _session.Run(run, ["images"], [input], ["scores"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
