using Samples.Shared;

namespace LanguageModel;

/// <summary>All that a configuration file says.</summary>
/// <param name="Model">The network; its vocabulary is the tokenizer's, known when that is made.</param>
/// <param name="Data">The tokens.</param>
/// <param name="Train">The training.</param>
internal sealed record RunSettings(ModelSettings Model, DataSettings Data, TrainSettings Train)
{
    /// <summary>What of a configuration depends on several of its values.</summary>
    /// <exception cref="InputException">They do not fit.</exception>
    public RunSettings Checked()
    {
        if (Model.EmbedDim % Model.NumHeads != 0)
        {
            throw new InputException(
                $"model.embed_dim {Model.EmbedDim} (--width) must be a multiple of model.num_heads {Model.NumHeads} (--heads)");
        }

        return this;
    }
}
