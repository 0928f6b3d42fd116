using Microsoft.Extensions.AI;

namespace Brachy.Models.Text;

/// <summary>
/// Vectors of texts from a <see cref="Bert"/>, as sentence-transformers make them: the mean of the last layer over the tokens, of length 1.
/// Any .NET host uses it as an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>. It is compiled once for texts of all lengths. Any
/// number of threads may use it at once.
/// </summary>
public sealed class SentenceEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly TextTokenizer _tokenizer;
    private readonly SentenceEmbedderOptions _options;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private readonly Func<TokenBatch, Tensor> _encode;

    /// <summary>An embedder of a model, which it captures as it is: a model that is trained further is not seen.</summary>
    /// <param name="tree">The model, a <see cref="Bert"/>.</param>
    /// <param name="config">Its settings; it is run for evaluation.</param>
    /// <param name="tokenizer">The tokenizer that the model was trained with.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The tree is no <see cref="Bert"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number of the options is not positive, or the model has fewer positions than <see cref="SentenceEmbedderOptions.MaxTokens"/>.
    /// </exception>
    public SentenceEmbedder(StructureTree tree, GlobalConfig config, TextTokenizer tokenizer, SentenceEmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tokenizer);
        _options = options ?? new();
        if (!tree.Computes(Bert.ApplyFunction))
        {
            throw new ArgumentException($"The tree computes {tree.ApplyFn?.Name ?? "nothing"}, but must be a Bert.", nameof(tree));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MaxTokens, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.BatchSize, nameof(options));
        var positions = Bert.Bind(tree, config).MaxPositions;
        if (_options.MaxTokens > positions)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), _options.MaxTokens, $"The model has {positions} positions, so that no text can have more tokens.");
        }

        _tokenizer = tokenizer;
        Dimensions = (int)((Tensor)tree["embeddings.word_embeddings.weight"]).shape[1];
        _metadata = new("brachy", defaultModelId: _options.ModelId, defaultModelDimensions: Dimensions);
        config = config.With("train_mode", false);
        var encode = Jit.Compile(
            (TokenBatch batch) => MeanPooling.Of(
                Bert.Apply(tree, config, batch.InputIds, batch.AttentionMask).Output.LastHiddenState, batch.AttentionMask),
            varying: [new(0, "texts", "tokens")]);
        (Encoder, _encode) = (encode, encode.Invoke);
    }

    /// <summary>The length of a vector.</summary>
    public int Dimensions { get; }

    internal JitFunction Encoder { get; }

    /// <summary>The vectors of some texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Ends the work between two batches.</param>
    /// <returns>float32 [texts, <see cref="Dimensions"/>], each row of length 1; the dot product of two is their cosine.</returns>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Embed(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        var vectors = Vectors(texts, cancellationToken);
        var all = new float[(long)vectors.Length * Dimensions];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i].CopyTo(all, (long)i * Dimensions);
        }

        return Tensor.FromArray(all, [vectors.Length, Dimensions]);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The options ask for another number of dimensions.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } wanted && wanted != Dimensions)
        {
            throw new NotSupportedException($"The model gives {Dimensions} dimensions, not {wanted}.");
        }

        string[] texts = [.. values];
        var vectors = await Task.Run(() => Vectors(texts, cancellationToken), cancellationToken).ConfigureAwait(false);
        var now = DateTimeOffset.UtcNow;
        return [.. vectors.Select(vector => new Embedding<float>(vector) { ModelId = _options.ModelId, CreatedAt = now })];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(TextTokenizer) ? _tokenizer
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Frees the compiled code.</summary>
    public void Dispose() => Encoder.ClearCache();

    /// <summary>Texts of like length are computed together, so that little of a batch is padding.</summary>
    private float[][] Vectors(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] is null)
            {
                throw new ArgumentException($"Text {i} is null.", nameof(texts));
            }
        }

        var vectors = new float[texts.Count][];
        foreach (var places in Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length).Chunk(_options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            var batch = _tokenizer.EncodeBatch(places.Select(i => texts[i]), _options.MaxTokens);
            var values = _encode(batch).to(DType.Float32).ToArray<float>();
            for (var row = 0; row < places.Length; row++)
            {
                vectors[places[row]] = values[(row * Dimensions)..((row + 1) * Dimensions)];
            }
        }

        return vectors;
    }
}
