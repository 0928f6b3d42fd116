using Brachy;
using Brachy.Data;
using Brachy.IO;
using Brachy.Models.Text;
using Embeddings.Data;
using Surgery.Recipes;

namespace Embeddings.Tuning;

/// <summary>How a model is tuned.</summary>
/// <param name="Epochs">Passes over the pairs.</param>
/// <param name="Batch">Pairs of a step.</param>
/// <param name="Rank">The rank of the adapters.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Tokens">The most tokens of an answer; a question has a quarter of them.</param>
/// <param name="Seed">Chooses the order, what is held out and the first adapters.</param>
internal sealed record TuneSettings(int Epochs, int Batch, int Rank, double LearningRate, int Tokens, int Seed);

/// <summary>Teaches a model which texts belong together, through low-rank adapters around its attention.</summary>
internal sealed class Tuning
{
    private readonly GlobalConfig _config;
    private readonly TextTokenizer _tokenizer;
    private readonly TuneSettings _settings;
    private readonly GlobalConfig _optConfig;
    private StructureTree _opt;
    private StructureTree _adapted;

    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="pairs">All pairs, at least ten batches of them; a fifth is held out.</param>
    /// <param name="settings">The settings.</param>
    public Tuning(StructureTree model, GlobalConfig config, TextTokenizer tokenizer, IReadOnlyList<Pair> pairs, TuneSettings settings)
    {
        using var rng = Rng.Scope(settings.Seed);
        (_config, _tokenizer, _settings) = (config.With("train_mode", false), tokenizer, settings);
        var order = Rng.Permutation(pairs.Count).ToArray<long>();
        var held = pairs.Count / 5;
        HeldOut = [.. order[..held].Select(i => pairs[(int)i])];
        Training = [.. order[held..].Select(i => pairs[(int)i])];

        // A step gives its arguments away, so it gets tensors of its own.
        _adapted = LowRankAdapters.Adapt(model, _config, "encoder.**.attention.**", settings.Rank)
            .MapParamsBuffers((_, tensor) => F.clone(tensor));
        (_opt, _optConfig) = LowRankAdapters.Optimizer(_adapted, settings.LearningRate);
    }

    /// <summary>The pairs that are trained on.</summary>
    public IReadOnlyList<Pair> Training { get; }

    /// <summary>The pairs that are not.</summary>
    public IReadOnlyList<Pair> HeldOut { get; }

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => Training.Count / _settings.Batch;

    /// <summary>The numbers that are trained.</summary>
    public long Trained => _adapted.Select(LowRankAdapters.Trained).Sum(found => found.Tensor.numel());

    /// <summary>A model of the old structure, with what was learned in its weights.</summary>
    public StructureTree Merged() => LowRankAdapters.Merge(_adapted, _config);

    /// <summary>Writes the adapters alone, as safetensors.</summary>
    public void SaveAdapters(string path) => SafeTensors.Save(
        path, _adapted.Select(LowRankAdapters.Trained).Select(found => KeyValuePair.Create(found.Path, found.Tensor)));

    /// <summary>Trains on all pairs in a new order each epoch, an incomplete last batch left out.</summary>
    /// <param name="onStep">Is told the loss of each step.</param>
    public void Run(Action<double> onStep)
    {
        using var batches = Batches.Of(Training, new() { Size = _settings.Batch, Key = Rng.Seed(_settings.Seed), DropLast = true }, rows =>
            (Encode(rows.Select(pair => pair.Query), _settings.Tokens / 4), Encode(rows.Select(pair => pair.Answer), _settings.Tokens)));
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            foreach (var (queries, answers) in batches.Epoch())
            {
                (_opt, _adapted, var loss) = Contrast.StepJit(_opt, _optConfig, _adapted, _config, queries, answers);
                onStep((double)loss);
                loss.Dispose();
            }
        }
    }

    /// <summary>How well a model finds the answers that were held out.</summary>
    public Retrieval Measure(StructureTree model)
    {
        using var embedder = new SentenceEmbedder(model, _config, _tokenizer, new() { MaxTokens = _settings.Tokens });
        using var queries = embedder.Embed([.. HeldOut.Select(pair => pair.Query)]);
        using var answers = embedder.Embed([.. HeldOut.Select(pair => pair.Answer)]);
        return Retrieval.Of(queries, answers);
    }

    /// <summary>Always of one length, so that all steps are one compiled version.</summary>
    private TokenBatch Encode(IEnumerable<string> texts, int tokens) => _tokenizer.EncodeBatch(texts, tokens, multipleOf: tokens);
}
