using Brachy.Models.Text;
using Microsoft.Extensions.AI;

namespace Brachy.Models.Tests.Text;

public sealed class SentenceEmbedderTests(MiniLm lm) : IClassFixture<MiniLm>, IDisposable
{
    private static readonly string[] s_texts =
    [
        "How do I boil an egg?", "Ships", "", "A recipe for eggs: put them into boiling water and wait.",
        "The stock market fell sharply today, and nobody at the exchange could say for how long it would go on falling.",
    ];

    private readonly SentenceEmbedder _embedder = new(
        lm.Model.Tree, lm.Model.Config, lm.Tokenizer, new() { BatchSize = 2, ModelId = "all-MiniLM-L6-v2", MaxTokens = 20 });

    [Fact]
    public void Vectors_are_those_of_ONNX_Runtime_in_the_order_of_the_texts()
    {
        var vectors = _embedder.Embed(s_texts);

        for (var i = 0; i < s_texts.Length; i++)
        {
            var batch = lm.Tokenizer.EncodeBatch([s_texts[i]], maxLength: 20);
            var expected = MeanPooling.Of(lm.Run(batch).Hidden, batch.AttentionMask);
            Assert.True((double)F.max(F.abs(vectors[i] - expected[0])) < 1e-5, s_texts[i]);
        }
    }

    [Fact]
    public async Task A_host_gets_embeddings()
    {
        IEmbeddingGenerator<string, Embedding<float>> generator = _embedder;

        var embeddings = await generator.GenerateAsync(s_texts);

        Assert.Equal(s_texts.Length, embeddings.Count);
        Assert.All(embeddings, embedding => Assert.Equal(("all-MiniLM-L6-v2", 384), (embedding.ModelId, embedding.Dimensions)));
        Assert.Equal(_embedder.Embed(s_texts).ToArray<float>(), embeddings.SelectMany(embedding => embedding.Vector.ToArray()));
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>();
        Assert.Equal(("all-MiniLM-L6-v2", 384), (metadata!.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(_embedder, generator.GetService<SentenceEmbedder>());
        Assert.Null(generator.GetService<string>());
    }

    [Fact]
    public async Task No_text_gives_nothing()
    {
        Assert.Empty(await _embedder.GenerateAsync([]));
        Assert.Equal([0, 384], _embedder.Embed([]).shape.Sizes);
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused()
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => _embedder.GenerateAsync(["a"], new() { Dimensions = 100 }));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _embedder.GenerateAsync(["a"], cancellationToken: new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentException>(() => _embedder.Embed(["a", null!]));
        var (tree, config) = lm.Model;
        Assert.Throws<ArgumentOutOfRangeException>(() => new SentenceEmbedder(tree, config, lm.Tokenizer, new() { MaxTokens = 513 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SentenceEmbedder(tree, config, lm.Tokenizer, new() { BatchSize = 0 }));
        Assert.Throws<ArgumentException>(
            () => new SentenceEmbedder(StructureTree.FromFunc((Tensor x) => x), config, lm.Tokenizer));
    }

    [Fact]
    public void Threads_share_one_compiled_version_for_texts_of_all_lengths()
    {
        string[][] batches =
            [.. Enumerable.Range(3, 8).Select(count => (string[])[string.Join(' ', Enumerable.Repeat("word", count)), "text"])];
        var alone = batches.Select(texts => _embedder.Embed(texts).ToArray<float>()).ToArray();

        var together = new float[batches.Length][];
        Parallel.For(0, batches.Length, i => together[i] = _embedder.Embed(batches[i]).ToArray<float>());

        Assert.Equal(1, _embedder.Encoder.TraceCount);
        Assert.All(alone.Zip(together), pair => Assert.All(
            pair.First.Zip(pair.Second), value => Assert.Equal(value.First, value.Second, 1e-5)));
    }

    public void Dispose() => _embedder.Dispose();
}
