using Brachy.IO;

namespace Brachy.Models.Text;

/// <summary>The sizes of a <see cref="Bert"/>, with the names and defaults of Hugging Face's <c>BertConfig</c>.</summary>
public sealed record BertConfig
{
    /// <summary>Those of sentence-transformers/all-MiniLM-L6-v2: six layers of 384.</summary>
    public static BertConfig AllMiniLmL6V2 { get; } =
        new() { HiddenSize = 384, NumHiddenLayers = 6, NumAttentionHeads = 12, IntermediateSize = 1536 };

    /// <summary>Different tokens.</summary>
    public long VocabSize { get; init; } = 30522;

    /// <summary>The size of a position.</summary>
    public long HiddenSize { get; init; } = 768;

    /// <summary>The number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Heads of attention; they divide <see cref="HiddenSize"/>.</summary>
    public long NumAttentionHeads { get; init; } = 12;

    /// <summary>The size inside of the perceptrons.</summary>
    public long IntermediateSize { get; init; } = 3072;

    /// <summary>The activation of the perceptrons: gelu, gelu_new, relu or silu.</summary>
    public string HiddenAct { get; init; } = "gelu";

    /// <summary>The probability of dropout in training.</summary>
    public double HiddenDropoutProb { get; init; } = 0.1;

    /// <summary>That of weights of attention.</summary>
    public double AttentionProbsDropoutProb { get; init; } = 0.1;

    /// <summary>The most positions.</summary>
    public long MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>Kinds of tokens, such as those of the first and second of two sentences.</summary>
    public long TypeVocabSize { get; init; } = 2;

    /// <summary>Added to the variance in norms.</summary>
    public double LayerNormEps { get; init; } = 1e-12;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">The file, or its folder.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="CheckpointException">It is damaged, that of another model, or asks for what is not implemented.</exception>
    public static BertConfig FromPretrained(string path)
    {
        var json = ConfigJson.Read(path);
        json.OneOf("model_type", "bert", "bert");
        json.OneOf("position_embedding_type", "absolute", "absolute");
        json.Require("is_decoder", value: false, otherwise: false);
        json.Require("add_cross_attention", value: false, otherwise: false);
        var defaults = new BertConfig();
        var config = new BertConfig
        {
            VocabSize = json.Size("vocab_size"),
            HiddenSize = json.Size("hidden_size"),
            NumHiddenLayers = json.Count("num_hidden_layers"),
            NumAttentionHeads = json.Size("num_attention_heads"),
            IntermediateSize = json.Size("intermediate_size"),
            HiddenAct = json.OneOf("hidden_act", defaults.HiddenAct, TextActivation.Names),
            HiddenDropoutProb = json.Number("hidden_dropout_prob", 0, 1, defaults.HiddenDropoutProb),
            AttentionProbsDropoutProb = json.Number("attention_probs_dropout_prob", 0, 1, defaults.AttentionProbsDropoutProb),
            MaxPositionEmbeddings = json.Size("max_position_embeddings", defaults.MaxPositionEmbeddings),
            TypeVocabSize = json.Size("type_vocab_size", defaults.TypeVocabSize),
            LayerNormEps = json.Number("layer_norm_eps", 0, 1, defaults.LayerNormEps),
        };
        return config.HiddenSize % config.NumAttentionHeads == 0 ? config : throw json.Damaged(
            $"has {config.NumAttentionHeads} heads ('num_attention_heads'), which do not divide 'hidden_size' {config.HiddenSize}");
    }
}
