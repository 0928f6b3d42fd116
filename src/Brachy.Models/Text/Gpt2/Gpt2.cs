using Brachy.IO;
using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Models.Text;

/// <summary>
/// GPT-2, a causal language model, with the names of Hugging Face's <c>GPT2LMHeadModel</c>.
/// Source: Radford, Wu, Child, Luan, Amodei, Sutskever, "Language Models are Unsupervised Multitask Learners", 2019.
/// </summary>
[Module]
public partial class Gpt2
{
    /// <summary>From tokens to what the output layer is given.</summary>
    public partial Gpt2Model Transformer { get; set; }

    /// <summary>
    /// From a position to a score for each token; its weight is the table of embeddings unless the configuration says no.
    /// </summary>
    [Submodule("lm_head")]
    public partial Linear Head { get; set; }

    /// <summary>A model with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public Gpt2(Gpt2Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Transformer = new(config);
        Head = new(config.NEmbd, config.VocabSize, bias: false);
        if (config.TieWordEmbeddings)
        {
            Head.Weight = Transformer.Tokens.Weight;
        }
    }

    /// <summary>What the files of GPT-2 call its weights.</summary>
    public static WeightNames Names { get; } = new()
    {
        Prefixes = ["transformer."],
        Ignored = (PathFilter)"**.attn.bias" | "**.attn.masked_bias",
    };

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
        var config = Gpt2Config.FromPretrained(folder);
        return Pretrained.Load(() => new Gpt2(config), folder, Names, options);
    }

    /// <summary>Scores of the next token at each position.</summary>
    /// <param name="inputIds">The tokens, int64 or int32 [batch, positions].</param>
    /// <param name="attentionMask">Which of them count; see <see cref="Gpt2Model.Forward"/>.</param>
    /// <returns>[batch, positions, tokens].</returns>
    /// <exception cref="ShapeException">A shape does not fit, or there are too many positions.</exception>
    /// <exception cref="DTypeException">The tokens are no integers.</exception>
    public Tensor Forward(Tensor inputIds, Tensor? attentionMask = null) => Head.Call(Transformer.Call(inputIds, attentionMask));

    /// <summary>A cache in which nothing has been read.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="batch">The number of sequences.</param>
    /// <param name="capacity">The most positions of a sequence; as many as the model has by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or larger than the model allows.</exception>
    public static KeyValueCache EmptyCache(StructureTree model, GlobalConfig config, long batch = 1, long? capacity = null)
    {
        var view = Bind(model, config).Transformer;
        var (positions, size) = (view.Positions.Weight.shape[0], view.Positions.Weight.shape[1]);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity ?? 0, positions, nameof(capacity));
        return KeyValueCache.Empty(
            view.Blocks.Count, batch, view.NumHeads, capacity ?? positions, size / view.NumHeads, dtype: view.Positions.Weight.dtype,
            device: view.Positions.Weight.device);
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
        var hidden = view.Transformer.Continue(inputIds, step);
        return new(CausalHeads.LastLogits(hidden, counts, x => view.Head.Call(x)), step.End(counts));
    }
}
