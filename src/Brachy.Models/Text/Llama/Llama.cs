using Brachy.IO;
using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Models.Text;

/// <summary>
/// Llama 1 to 3.2, causal language models for text, with the names of Hugging Face's <c>LlamaForCausalLM</c>.
/// Source: Touvron and others, "LLaMA: Open and Efficient Foundation Language Models", 2023, arXiv 2302.13971; Grattafiori and others,
/// "The Llama 3 Herd of Models", 2024, arXiv 2407.21783.
/// </summary>
[Module]
public partial class Llama
{
    /// <summary>From tokens to what the output layer is given.</summary>
    public partial LlamaModel Model { get; set; }

    /// <summary>From a position to a score for each token; its weight is the table of embeddings if the configuration says so.</summary>
    [Submodule("lm_head")]
    public partial Linear Head { get; set; }

    /// <summary>The most positions that it was trained for, and the room of a cache by default.</summary>
    [Static]
    public partial long MaxPositions { get; set; }

    /// <summary>A model with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public Llama(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Model = new(config);
        Head = new(config.HiddenSize, config.VocabSize, bias: false);
        MaxPositions = config.MaxPositionEmbeddings;
        if (config.TieWordEmbeddings)
        {
            Head.Weight = Model.Tokens.Weight;
        }
    }

    /// <summary>What the files of Llama call its weights.</summary>
    public static WeightNames Names { get; } = new() { Prefixes = ["model."], Ignored = (PathFilter)"**.rotary_emb.inv_freq" };

    /// <summary>A model from a folder as Hugging Face's library saves it: <c>config.json</c> and weights.</summary>
    /// <param name="folder">The folder; nothing is downloaded.</param>
    /// <param name="options">How to load; strictly, in the element type of the file, by default.</param>
    /// <exception cref="FileNotFoundException">There is no such folder, or no configuration or weights in it.</exception>
    /// <exception cref="CheckpointException">
    /// A file is damaged, the configuration asks for what is not implemented, or the weights do not fit.
    /// </exception>
    public static PretrainedModel FromPretrained(string folder, PretrainedOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var config = LlamaConfig.FromPretrained(folder);
        return Pretrained.Load(() => new Llama(config), folder, Names, options);
    }

    /// <summary>Scores of the next token at each position.</summary>
    /// <param name="inputIds">The tokens, int64 or int32 [batch, positions].</param>
    /// <param name="attentionMask">Which of them count; see <see cref="LlamaModel.Forward"/>.</param>
    /// <returns>[batch, positions, tokens].</returns>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    /// <exception cref="DTypeException">The tokens are no integers.</exception>
    public Tensor Forward(Tensor inputIds, Tensor? attentionMask = null) => Head.Call(Model.Call(inputIds, attentionMask));

    /// <summary>A cache in which nothing has been read.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="batch">The number of sequences.</param>
    /// <param name="capacity">The most positions of a sequence; as many as the model was trained for by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public static KeyValueCache EmptyCache(StructureTree model, GlobalConfig config, long batch = 1, long? capacity = null)
    {
        var view = Bind(model, config);
        var attention = view.Model.Layers[0].Attention;
        var table = view.Model.Tokens.Weight;
        return KeyValueCache.Empty(
            view.Model.Layers.Count, batch, attention.NumKeyValueHeads, capacity ?? view.MaxPositions,
            2 * attention.Rotary.Frequencies.Count, dtype: table.dtype, device: table.device);
    }

    /// <summary>
    /// Reads tokens that follow those of a cache, and gives the scores of what comes next. It goes into compiled steps and loops as it is.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="inputIds">The new tokens, int64 or int32 [batch, positions].</param>
    /// <param name="cache">What came before; see <see cref="EmptyCache"/>.</param>
    /// <param name="counts">How many of the new tokens count, int64 [batch] or [], where the rest is padding; null for all.</param>
    /// <exception cref="ShapeException">A shape does not fit.</exception>
    /// <exception cref="CheckFailedException">The cache has no room for so many.</exception>
    public static DecodedStep Read(
        StructureTree model, GlobalConfig config, Tensor inputIds, KeyValueCache cache, Tensor? counts = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(inputIds);
        var view = Bind(model.Copy(), config);
        var step = cache.Begin(inputIds.shape[1]);
        var hidden = view.Model.Continue(inputIds, step);
        return new(CausalHeads.LastLogits(hidden, counts, x => view.Head.Call(x)), step.End(counts));
    }
}
