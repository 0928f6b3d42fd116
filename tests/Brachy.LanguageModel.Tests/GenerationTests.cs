using Brachy;
using Brachy.Compilation;
using Brachy.NN;

namespace LanguageModel.Tests;

/// <summary>Reading with a cache beside reading all at once, and what can be drawn.</summary>
[Trait("Category", "Quick")]
public class GenerationTests
{
    private static readonly SamplingSettings s_greedy = new(Temperature: 0);

    [Fact]
    public void LogitsWithACacheAreThoseOfTheWholeText()
    {
        using var rng = Rng.Scope(7);
        var (model, config) = new StackedAttention(Networks.Small);
        var text = Enumerable.Range(0, Networks.Small.MaxInputLength).Select(i => (long)(i * i % Networks.Small.VocabSize)).ToArray();
        var (_, whole) = StackedAttention.Apply(model, config, Tensor.FromArray(text, [1, text.Length]));
        var expected = F.select(whole, 0, 0);
        var key = Rng.Seed(0).Tensor;

        // The rest of the bucket is not the text's, and must not matter.
        var step = CachedGeneration.PrefillJit(
            model, config, Tensor.FromArray([.. text[..5], 28, 28, 28], [8]), Tensor.FromArray([5L], [1]), key, s_greedy);
        for (var i = 5; ; i++)
        {
            AssertClose(F.select(expected, 0, i - 1), step.Logits);
            Assert.Equal((long)F.argmax(step.Logits, 0), (long)step.Token);
            Assert.Equal(i, (long)step.Cache.Lengths);
            if (i == text.Length)
            {
                break;
            }

            step = CachedGeneration.NextJit(model, config, Tensor.FromArray([text[i]], [1]), step.Cache, key, s_greedy);
        }
    }

    [Fact]
    public void NoTokenIsTracedAgain()
    {
        using var rng = Rng.Scope(7);
        var (model, config) = new StackedAttention(Networks.Small);
        var (key, sampling) = (Rng.Seed(0).Tensor, new SamplingSettings(0.7, 11, 0.9));
        var step = CachedGeneration.PrefillJit(model, config, F.zeros([4], DType.Int64), Tensor.FromArray([2L], [1]), key, sampling);
        step = CachedGeneration.NextJit(model, config, step.Token, step.Cache, key, sampling);
        var traces = CachedGeneration.NextJitFunction.TraceCount;
        for (var i = 0; i < 8; i++)
        {
            step = CachedGeneration.NextJit(model, config, step.Token, step.Cache, key, sampling);
        }

        Assert.Equal(traces, CachedGeneration.NextJitFunction.TraceCount);
    }

    public static TheoryData<string> Ways => ["default", "torchscript", "vector code", "interpreter", "eager"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void TheLoopWritesWhatStepsWrite(string way)
    {
        using var rng = Rng.Scope(7);
        var (model, config) = new StackedAttention(Networks.Small);
        var sampling = new SamplingSettings(0.9, 11, 0.95);
        var key = Rng.Seed(3).Tensor;
        Generated Prompt() => CachedGeneration.PrefillJit(
            model, config, Tensor.FromArray([3L, 5, 7, 0], [4]), Tensor.FromArray([3L], [1]), key, sampling);

        // The prompt has 3 of 16 positions, so that 13 tokens follow the first one that was drawn.
        var step = Prompt();
        var (first, expected) = ((long)step.Token, new List<long>());
        while ((long)step.Cache.Lengths < Networks.Small.MaxInputLength)
        {
            step = CachedGeneration.NextJit(model, config, step.Token, step.Cache, key, sampling);
            expected.Add((long)step.Token);
        }

        Assert.Equal(13, expected.Count);
        Assert.True(expected.Distinct().Count() > 3);
        Writing Loop(Tensor token, KeyValueCache cache, Tensor limit, int end) =>
            CachedGeneration.Continue(model, config, token, cache, limit, key, end, sampling);
        var backend = way switch
        {
            "torchscript" => Backend.TorchScript,
            "vector code" => Backend.VectorCode,
            "interpreter" => Backend.Interpreter,
            _ => Backend.Default,
        };
        var loops = new Dictionary<int, Func<Tensor, KeyValueCache, Tensor, Writing>>();
        List<long> Write(long limit, int end)
        {
            if (!loops.TryGetValue(end, out var loop))
            {
                loop = way == "eager" ? (token, cache, most) => Loop(token, cache, most, end) : Jit.Compile(
                    (Tensor token, KeyValueCache cache, Tensor most) => Loop(token, cache, most, end), donate: [1], backend).Invoke;
                loops.Add(end, loop);
            }

            var start = Prompt();
            var text = loop(start.Token, start.Cache, F.full([], limit, DType.Int64));
            var tokens = text.Tokens.ToArray<long>();
            Assert.All(tokens.Skip((int)(long)text.Count), token => Assert.Equal(0, token));
            Assert.Equal(3 + (long)text.Count, (long)text.Cache.Lengths);
            Assert.Equal((long)text.Count == 0 ? first : tokens[(long)text.Count - 1], (long)text.Token);
            return [.. tokens.Take((int)(long)text.Count)];
        }

        Assert.Equal(expected, Write(limit: 1000, end: -1));
        Assert.Equal(expected.Take(5), Write(limit: 5, end: -1));
        Assert.Equal([], Write(limit: 0, end: -1));
        Assert.Equal([], Write(limit: 1000, end: (int)first));
        var end = (int)expected.Skip(1).First(token => token != first && token != expected[0]);
        Assert.Equal(expected.Take(expected.IndexOf(end) + 1), Write(limit: 1000, end));
    }

    [Fact]
    public void ATextGoesOnBeyondTheLongestInput()
    {
        using var rng = Rng.Scope(7);
        var tokenizer = new ByteTokenizer();
        var (model, config) = new StackedAttention(Networks.Small with { VocabSize = tokenizer.VocabSize });
        var generator = new TextGenerator(model, config, tokenizer);
        var sampling = new SamplingSettings(0.8, 40);
        var text = generator.Continue("abc", sampling, seed: 4, count: 60);
        Assert.Equal(60, text.Count);
        Assert.Equal(text.Take(25), generator.Continue("abc", sampling, seed: 4, count: 25));
        Assert.NotEqual(text, generator.Continue("abc", sampling, seed: 5, count: 60));
        Assert.Empty(generator.Continue("abc", sampling, seed: 4, count: 0));
    }

    [Theory]
    [InlineData(0, 1.0, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(3, 1.0, new[] { 1, 2, 4 })]
    [InlineData(9, 1.0, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(0, 0.39, new[] { 4 })]
    [InlineData(0, 0.41, new[] { 2, 4 })]
    [InlineData(0, 0.71, new[] { 1, 2, 4 })]
    [InlineData(0, 0.0, new[] { 4 })]
    [InlineData(2, 0.5, new[] { 4 })]
    [InlineData(2, 0.6, new[] { 2, 4 })]
    public void TopKAndTopPKeepExactlyTheRightTokens(int topK, double topP, int[] expected)
    {
        // Probabilities 0.05, 0.2, 0.3, 0.05 and 0.4; the two most likely are 0.571 and 0.429 by themselves.
        var logits = F.log(Tensor.FromArray([0.05f, 0.2f, 0.3f, 0.05f, 0.4f], [5]));
        var settings = new SamplingSettings(1, topK, topP);
        var (scores, tokens) = Sampling.Candidates(logits, settings);
        var names = tokens?.ToArray<long>() ?? [0, 1, 2, 3, 4];
        var possible = scores.ToArray<float>().Zip(names).Where(pair => float.IsFinite(pair.First)).Select(pair => (int)pair.Second);
        Assert.Equal(expected, possible.Order());

        var counts = new double[5];
        const int Draws = 3000;
        for (var i = 0; i < Draws; i++)
        {
            using var scope = TensorScope.Begin();
            counts[(long)Sampling.Draw(logits, settings, Rng.Seed(i))] += 1.0 / Draws;
        }

        var weights = new[] { 0.05, 0.2, 0.3, 0.05, 0.4 };
        var total = expected.Sum(token => weights[token]);
        for (var token = 0; token < 5; token++)
        {
            Assert.Equal(expected.Contains(token) ? weights[token] / total : 0, counts[token], 0.04);
        }
    }

    [Fact]
    public void TemperatureSharpensAndFlattens()
    {
        var logits = Tensor.FromArray([1f, 3f], [2]);
        var (scores, _) = Sampling.Candidates(logits, new SamplingSettings(0.5));
        Assert.Equal([2f, 6f], scores.ToArray<float>());
        Assert.Equal(1, (long)Sampling.Draw(logits, s_greedy, Rng.Seed(0)));
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        var difference = (float)F.max(F.abs(expected - actual));
        Assert.True(difference < 1e-5, $"differs by {difference}");
    }
}
