using Brachy.IO;

namespace Brachy.Models.Text;

/// <summary>The sizes of a <see cref="Llama"/>, with the names and defaults of Hugging Face's <c>LlamaConfig</c>.</summary>
public sealed record LlamaConfig
{
    /// <summary>Different tokens.</summary>
    public long VocabSize { get; init; } = 32000;

    /// <summary>The size of a position.</summary>
    public long HiddenSize { get; init; } = 4096;

    /// <summary>The size inside of the perceptrons.</summary>
    public long IntermediateSize { get; init; } = 11008;

    /// <summary>The number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 32;

    /// <summary>Heads of queries.</summary>
    public long NumAttentionHeads { get; init; } = 32;

    /// <summary>Heads of keys and values, which divide those of queries; as many as those by default.</summary>
    public long? NumKeyValueHeads { get; init; }

    /// <summary>The size of a head; <see cref="HiddenSize"/> divided by the heads of queries by default.</summary>
    public long? HeadDim { get; init; }

    /// <summary>The activation of the perceptrons: silu, gelu or relu.</summary>
    public string HiddenAct { get; init; } = "silu";

    /// <summary>The most positions that it was trained for, and the room of a cache by default; more can be read.</summary>
    public long MaxPositionEmbeddings { get; init; } = 2048;

    /// <summary>Added to the mean square in norms.</summary>
    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary>Whether the output layer is the table of embeddings.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>The base of the angles of positions.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>How the angles are scaled for longer texts; null for not at all.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Whether the projections of attention have a bias.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether those of perceptrons have one.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Weights of attention that are dropped in training.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>The size of a head.</summary>
    internal long SizeOfHead => HeadDim ?? (HiddenSize / NumAttentionHeads);

    /// <summary>Heads of keys and values.</summary>
    internal long SharedHeads => NumKeyValueHeads ?? NumAttentionHeads;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">The file, or its folder.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="CheckpointException">It is damaged, that of another model, or asks for what is not implemented.</exception>
    public static LlamaConfig FromPretrained(string path)
    {
        var json = ConfigJson.Read(path);
        json.OneOf("model_type", "llama", "llama");
        var defaults = new LlamaConfig();
        var rope = json.Inner("rope_parameters") ?? json.Inner("rope_scaling");
        var config = new LlamaConfig
        {
            VocabSize = json.Size("vocab_size"),
            HiddenSize = json.Size("hidden_size"),
            IntermediateSize = json.Size("intermediate_size"),
            NumHiddenLayers = json.Count("num_hidden_layers"),
            NumAttentionHeads = json.Size("num_attention_heads"),
            NumKeyValueHeads = json.FindSize("num_key_value_heads"),
            HeadDim = json.FindSize("head_dim"),
            HiddenAct = json.OneOf("hidden_act", defaults.HiddenAct, TextActivation.Names),
            MaxPositionEmbeddings = json.Size("max_position_embeddings", defaults.MaxPositionEmbeddings),
            RmsNormEps = json.Number("rms_norm_eps", 0, 1, defaults.RmsNormEps),
            TieWordEmbeddings = json.Flag("tie_word_embeddings", defaults.TieWordEmbeddings),
            RopeTheta = (rope is not null && rope.Has("rope_theta") ? rope : json).Number("rope_theta", 1, 1e12, defaults.RopeTheta),
            RopeScaling = rope is null ? null : RopeScaling.Of(rope),
            AttentionBias = json.Flag("attention_bias", defaults.AttentionBias),
            MlpBias = json.Flag("mlp_bias", defaults.MlpBias),
            AttentionDropout = json.Number("attention_dropout", 0, 1, defaults.AttentionDropout),
        };
        return config.Problem() is { } problem ? throw json.Damaged(problem) : config;
    }

    /// <summary>What does not fit together; null for nothing.</summary>
    internal string? Problem() =>
        NumAttentionHeads < 1 || (HeadDim is null && HiddenSize % NumAttentionHeads != 0)
            ? $"has {NumAttentionHeads} heads ('num_attention_heads'), which do not divide 'hidden_size' {HiddenSize}"
        : SharedHeads < 1 || NumAttentionHeads % SharedHeads != 0
            ? $"has {SharedHeads} heads of keys ('num_key_value_heads'), which do not divide those of queries, {NumAttentionHeads}"
        : SizeOfHead < 2 || SizeOfHead % 2 != 0
            ? $"has heads of the size {SizeOfHead}, of which pairs of elements are turned: it must be even"
        : null;
}
