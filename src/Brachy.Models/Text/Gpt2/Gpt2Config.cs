using Brachy.IO;

namespace Brachy.Models.Text;

/// <summary>The sizes of a <see cref="Gpt2"/>, with the names and defaults of Hugging Face's <c>GPT2Config</c>.</summary>
public sealed record Gpt2Config
{
    /// <summary>Different tokens.</summary>
    public long VocabSize { get; init; } = 50257;

    /// <summary>The most positions.</summary>
    public long NPositions { get; init; } = 1024;

    /// <summary>The size of a position.</summary>
    public long NEmbd { get; init; } = 768;

    /// <summary>The number of layers.</summary>
    public int NLayer { get; init; } = 12;

    /// <summary>Heads of attention; they divide <see cref="NEmbd"/>.</summary>
    public long NHead { get; init; } = 12;

    /// <summary>The size inside of the perceptrons; four times <see cref="NEmbd"/> by default.</summary>
    public long? NInner { get; init; }

    /// <summary>The activation of the perceptrons: gelu_new, gelu, relu or silu.</summary>
    public string ActivationFunction { get; init; } = "gelu_new";

    /// <summary>The probability of dropout of what layers add, in training.</summary>
    public double ResidPdrop { get; init; } = 0.1;

    /// <summary>That of embeddings.</summary>
    public double EmbdPdrop { get; init; } = 0.1;

    /// <summary>That of weights of attention.</summary>
    public double AttnPdrop { get; init; } = 0.1;

    /// <summary>Added to the variance in norms.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-5;

    /// <summary>Whether the output layer is the table of embeddings.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">The file, or its folder.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="CheckpointException">It is damaged, that of another model, or asks for what is not implemented.</exception>
    public static Gpt2Config FromPretrained(string path)
    {
        var json = ConfigJson.Read(path);
        json.OneOf("model_type", "gpt2", "gpt2");
        json.Require("scale_attn_weights", value: true, otherwise: true);
        json.Require("scale_attn_by_inverse_layer_idx", value: false, otherwise: false);
        json.Require("add_cross_attention", value: false, otherwise: false);
        var defaults = new Gpt2Config();
        var config = new Gpt2Config
        {
            VocabSize = json.Size("vocab_size"),
            NPositions = json.Size("n_positions", defaults.NPositions),
            NEmbd = json.Size("n_embd"),
            NLayer = json.Count("n_layer"),
            NHead = json.Size("n_head"),
            NInner = json.FindSize("n_inner"),
            ActivationFunction = json.OneOf("activation_function", defaults.ActivationFunction, TextActivation.Names),
            ResidPdrop = json.Number("resid_pdrop", 0, 1, defaults.ResidPdrop),
            EmbdPdrop = json.Number("embd_pdrop", 0, 1, defaults.EmbdPdrop),
            AttnPdrop = json.Number("attn_pdrop", 0, 1, defaults.AttnPdrop),
            LayerNormEpsilon = json.Number("layer_norm_epsilon", 0, 1, defaults.LayerNormEpsilon),
            TieWordEmbeddings = json.Flag("tie_word_embeddings", defaults.TieWordEmbeddings),
        };
        return config.NEmbd % config.NHead == 0 ? config : throw json.Damaged(
            $"has {config.NHead} heads ('n_head'), which do not divide 'n_embd' {config.NEmbd}");
    }
}
