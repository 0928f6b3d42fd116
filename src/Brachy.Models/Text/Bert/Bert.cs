using Brachy.IO;
using Brachy.Trees;

namespace Brachy.Models.Text;

/// <summary>
/// BERT without a head, with the names of Hugging Face's <c>BertModel</c>: an encoder of text, also that of sentence-transformers such as
/// all-MiniLM-L6-v2 (see <see cref="MeanPooling"/>).
/// Source: Devlin, Chang, Lee, Toutanova, "BERT: Pre-training of Deep Bidirectional Transformers", 2018, arXiv 1810.04805.
/// </summary>
[Module]
public partial class Bert
{
    /// <summary>From tokens to vectors.</summary>
    public partial BertEmbeddings Embeddings { get; set; }

    /// <summary>The layers.</summary>
    public partial BertEncoder Encoder { get; set; }

    /// <summary>What a classifier is given; null for none.</summary>
    public partial BertPooler? Pooler { get; set; }

    /// <summary>The most positions.</summary>
    [Static]
    public partial long MaxPositions { get; set; }

    /// <summary>A model with random weights.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="pooler">Whether it has a pooler.</param>
    public Bert(BertConfig config, bool pooler = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        Embeddings = new(config);
        Encoder = new(config);
        Pooler = pooler ? new(config) : null;
        MaxPositions = config.MaxPositionEmbeddings;
    }

    /// <summary>What the files of BERT call its weights.</summary>
    public static WeightNames Names { get; } = new()
    {
        Prefixes = ["bert.", "model.", "0.auto_model."],
        Ignored = (PathFilter)"**.position_ids" | "**.embeddings.token_type_ids" | "cls.**" | "classifier.**" | "qa_outputs.**",
        Rename = name => name.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal)
            .Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal),
    };

    /// <summary>A model from a folder as Hugging Face's library saves it: <c>config.json</c> and weights.</summary>
    /// <param name="folder">The folder; nothing is downloaded.</param>
    /// <param name="pooler">Whether it has a pooler; without one, the weights of it in the file are passed over.</param>
    /// <param name="options">How to load; strictly, in the element type of the file, by default.</param>
    /// <exception cref="FileNotFoundException">There is no such folder, or no configuration or weights in it.</exception>
    /// <exception cref="CheckpointException">
    /// A file is damaged, the configuration asks for what is not implemented, or the weights do not fit.
    /// </exception>
    public static PretrainedModel FromPretrained(string folder, bool pooler = true, PretrainedOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var config = BertConfig.FromPretrained(folder);
        return Pretrained.Load(() => new Bert(config, pooler), folder, NamesFor(pooler), options);
    }

    /// <summary>A model from an <c>.onnx</c> file that PyTorch exported, such as those of optimum and sentence-transformers.</summary>
    /// <param name="stream">The file, or a resource with it; it can seek, and is left open.</param>
    /// <param name="config">The sizes, which such a file does not say.</param>
    /// <param name="pooler">Whether it has a pooler; many exports lack one.</param>
    /// <param name="options">How to load.</param>
    /// <exception cref="CheckpointException">The file is damaged, or its weights do not fit.</exception>
    /// <exception cref="ArgumentException">The stream cannot be read, or cannot seek.</exception>
    public static PretrainedModel FromOnnx(Stream stream, BertConfig config, bool pooler = true, PretrainedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        using var source = new LoadedSource("The ONNX model", OnnxFile.ReadStateDict(stream), isOwned: true);
        return Pretrained.Load(() => new Bert(config, pooler), source, NamesFor(pooler), options);
    }

    /// <summary>Applies the model.</summary>
    /// <param name="inputIds">The tokens, int64 or int32 [batch, positions].</param>
    /// <param name="attentionMask">
    /// Which of them count: bool, or numbers that are not 0, in the same shape; all by default. The others are padding.
    /// </param>
    /// <param name="tokenTypeIds">The kinds of tokens, in the same shape; kind 0 by default.</param>
    /// <exception cref="ShapeException">A shape does not fit, or there are too many positions.</exception>
    /// <exception cref="DTypeException">The tokens are no integers.</exception>
    public BertOutput Forward(Tensor inputIds, Tensor? attentionMask = null, Tensor? tokenTypeIds = null)
    {
        TokenMask.RequireTokens(nameof(Bert), inputIds, MaxPositions);
        if (tokenTypeIds is not null)
        {
            TokenMask.RequireLike(nameof(Bert), tokenTypeIds, inputIds, nameof(tokenTypeIds));
        }

        var x = Embeddings.Call(inputIds, tokenTypeIds);
        Tensor? added = null;
        if (attentionMask is not null)
        {
            TokenMask.RequireLike(nameof(Bert), attentionMask, inputIds, nameof(attentionMask));
            added = F.unsqueeze(F.unsqueeze(TokenMask.Added(TokenMask.Counted(attentionMask), x.dtype), 1), 1);
        }

        x = Encoder.Call(x, added);
        return new(x, Pooler?.Call(x));
    }

    private static WeightNames NamesFor(bool pooler) => pooler ? Names : Names with { Ignored = Names.Ignored! | "**.pooler.**" };
}
