using Brachy;
using Brachy.IO;
using Brachy.Tests.Shared;
using Embeddings.Data;
using Embeddings.Tuning;

namespace Embeddings.Tests;

public class TuningTests
{
    private static readonly TuneSettings s_settings = new(Epochs: 3, Batch: 8, Rank: 4, LearningRate: 2e-3, Tokens: 32, Seed: 1);

    [Fact]
    public void Ranks_are_counted_among_all_answers()
    {
        var queries = Tensor.FromArray([1f, 0, 0, 1, 0.6f, 0.8f], [3, 2]);
        var answers = Tensor.FromArray([1f, 0, 0.8f, 0.6f, 0, 1], [3, 2]);

        // The first finds its own first; the second its own (0.6) behind the third (1); the third its own (0.8) behind the second (0.96).
        Assert.Equal(new Retrieval(1.0 / 3, 1, (1 + 0.5 + 0.5) / 3), Retrieval.Of(queries, answers));
    }

    [Fact]
    public void A_model_that_tells_nothing_apart_finds_nothing() =>
        Assert.Equal(new Retrieval(0, 1, 1.0 / 3), Retrieval.Of(F.ones([3, 2]), F.ones([3, 2])));

    [Fact]
    public void The_loss_is_that_of_InfoNCE()
    {
        var cosines = new[,] { { 0.9, 0.1 }, { -0.2, 0.5 } };
        double Term(double own, double other) => -Math.Log(Math.Exp(20 * own) / (Math.Exp(20 * own) + Math.Exp(20 * other)));
        var expected = ((Term(cosines[0, 0], cosines[0, 1]) + Term(cosines[1, 1], cosines[1, 0])) / 2
            + ((Term(cosines[0, 0], cosines[1, 0]) + Term(cosines[1, 1], cosines[0, 1])) / 2)) / 2;

        var loss = Contrast.Loss(Tensor.FromArray([0.9, 0.1, -0.2, 0.5], [2, 2]), F.eye(2, dtype: DType.Float64));

        Assert.Equal(expected, (double)loss, 1e-9);
    }

    [Fact]
    public void Tuning_lowers_the_loss_and_changes_the_adapters_alone()
    {
        using var folder = new TemporaryFolder();
        var ((model, config), tokenizer) = MiniLm.Load();
        var pairs = Pair.OfRepository().Take(40).ToArray();
        var tuning = new Tuning.Tuning(model, config, tokenizer, pairs, s_settings);
        Assert.Equal((32, 8, 4), (tuning.Training.Count, tuning.HeldOut.Count, tuning.StepsPerEpoch));
        Assert.Empty(tuning.Training.Intersect(tuning.HeldOut));
        Assert.Empty(StructureTree.Diff(model, tuning.Merged()));

        var losses = new List<double>();
        tuning.Run(losses.Add);

        Assert.Equal(12, losses.Count);
        Assert.True(losses.TakeLast(4).Average() < 0.8 * losses.Take(4).Average(), string.Join(", ", losses));
        var merged = tuning.Merged();
        Assert.All(
            StructureTree.Diff(model, merged), difference => Assert.Contains("attention", difference.Path, StringComparison.Ordinal));
        Assert.NotEmpty(StructureTree.Diff(model, merged));

        var file = Path.Combine(folder.Path, "adapters.safetensors");
        tuning.SaveAdapters(file);
        Assert.Equal(tuning.Trained, SafeTensors.Load(file).Sum(entry => entry.Value.numel()));
    }

    [Fact]
    public void The_nearest_passage_is_about_the_question()
    {
        var ((model, config), tokenizer) = MiniLm.Load();
        using var embedder = new Brachy.Models.Text.SentenceEmbedder(model, config, tokenizer);
        Passage[] passages =
        [
            new("a.txt", 1, "The recipe asks for two eggs and a cup of flour."), new("b.txt", 1, "Shares fell by three percent on Monday."),
            new("c.txt", 1, "The river froze for the first time in years."),
        ];

        var found = SearchRun.Nearest(embedder, passages, "What happened at the stock exchange?", top: 2);

        Assert.Equal(("b.txt", 2), (found[0].Passage.File, found.Count));
        Assert.True(found[0].Cosine > found[1].Cosine + 0.1);
    }
}
