using Brachy;

namespace Service;

/// <summary>A model that answers, and after how many training steps.</summary>
internal sealed record ServedModel(StructureTree Model, GlobalConfig Config, long Step);

/// <summary>
/// The model that answers now. It is replaced by one assignment: a batch that has begun keeps the model that it began with, which the
/// garbage collector frees afterwards.
/// </summary>
internal sealed class ModelSource
{
    private volatile ServedModel? _current;

    /// <summary>The model; null before there is one.</summary>
    public ServedModel? Current => _current;

    /// <summary>Makes all that the model needs ready, and lets it answer from now on.</summary>
    /// <param name="model">The model. Nobody changes or gives away its tensors.</param>
    /// <param name="maxBatch">The most images of a batch.</param>
    public void Replace(ServedModel model, int maxBatch)
    {
        Scoring.Warmup(model, maxBatch);
        _current = model;
    }
}
