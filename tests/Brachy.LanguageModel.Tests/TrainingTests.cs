using Brachy;
using Brachy.Modules;
using Brachy.Tests.Shared;
using Samples.Shared;

namespace LanguageModel.Tests;

/// <summary>Trainings: they learn, repeat, stop and go on.</summary>
public class TrainingTests
{
    [Fact]
    public void TheSameSeedGivesTheSameLossesAndTheyFall()
    {
        using var folder = new TemporaryFolder();
        var corpus = new Corpus([folder.Write("a.txt", TestRuns.Text)], 10);
        double[] Run(int seed)
        {
            var settings = TestRuns.Settings with { Train = TestRuns.Settings.Train with { Seed = seed } };
            using var batches = new TextBatches(corpus, new ByteTokenizer(), settings);
            return TestRuns.Losses(new LanguageTraining(settings, new ByteTokenizer()), batches, 40);
        }

        var losses = Run(3);
        Assert.Equal(losses, Run(3));
        Assert.NotEqual(losses, Run(4));
        Assert.True(losses[^5..].Average() < 0.7 * losses[..5].Average(), $"{losses[0]} to {losses[^1]}");
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("bf16")]
    [InlineData("fp16")]
    public void AResumedTrainingGivesTheSameBits(string name)
    {
        using var folder = new TemporaryFolder();
        var settings = TestRuns.With(Enum.Parse<Precision>(name, ignoreCase: true));
        var corpus = new Corpus([folder.Write("a.txt", TestRuns.Text)], 10);
        using var batches = new TextBatches(corpus, new ByteTokenizer(), settings);
        var whole = new LanguageTraining(settings, new ByteTokenizer());
        var expected = TestRuns.Losses(whole, batches, 14);

        var first = new LanguageTraining(settings, new ByteTokenizer());
        var losses = TestRuns.Losses(first, batches, 6).ToList();
        var file = folder["c.safetensors"];
        first.Save(file, corpus.Fingerprint());
        var resumed = LanguageTraining.Load(file, corpus.Fingerprint());
        using var rest = new TextBatches(corpus, resumed.Tokenizer, resumed.Settings);
        losses.AddRange(TestRuns.Losses(resumed, rest, 8));
        Assert.Equal(expected, losses);
        Assert.Equal((14, whole.Epoch, whole.NextBatch), (resumed.Step, resumed.Epoch, resumed.NextBatch));
        Assert.True(whole.Model.Tree.Tensors().Zip(resumed.Model.Tree.Tensors())
            .All(pair => pair.First.Tensor.ToArray<float>().SequenceEqual(pair.Second.Tensor.ToArray<float>())));
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("fp16")]
    public void HalfPrecisionFollowsFullPrecision(string name)
    {
        using var folder = new TemporaryFolder();
        var corpus = new Corpus([folder.Write("a.txt", TestRuns.Text)], 10);
        double[] Run(Precision precision)
        {
            var settings = TestRuns.With(precision);
            var training = new LanguageTraining(settings, new ByteTokenizer());
            var forced = training.Model.Tree.Nodes().Where(entry => entry.Node.Aux.ContainsKey(MixedPrecision.HighPrecisionKey))
                .Select(entry => entry.Path);
            Assert.Equal(precision == Precision.Fp32 ? [] : ["trunk.0.ln", "trunk.1.ln"], forced);
            Assert.All(training.Model.Tree.Tensors(), entry => Assert.Equal(DType.Float32, entry.Tensor.dtype));
            using var batches = new TextBatches(corpus, new ByteTokenizer(), settings);
            return TestRuns.Losses(training, batches, 20);
        }

        var (full, half) = (Run(Precision.Fp32), Run(Enum.Parse<Precision>(name, ignoreCase: true)));
        Assert.NotEqual(full, half);
        for (var i = 0; i < full.Length; i++)
        {
            Assert.Equal(full[i], half[i], 0.1);
        }
    }

    [Theory]
    [InlineData("AdamW", "PerCoordinate", 1e-2)]
    [InlineData("Lion", "Norm", 3e-3)]
    [InlineData("SGD", "Norm", 0.3)]
    public void EveryOptimizerAndClippingLearns(string name, string clip, double lr)
    {
        using var folder = new TemporaryFolder();
        var (train, optimizer) = (TestRuns.Settings.Train, TestRuns.Settings.Train.Optimizer);
        var settings = TestRuns.Settings with
        {
            Data = TestRuns.Settings.Data with { Pack = false },
            Train = train with
            {
                Optimizer =
                    optimizer with { Name = Enum.Parse<OptimizerName>(name), ClipType = Enum.Parse<ClipType>(clip), Clip = 0.5, Lr = lr }
            },
        };
        using var batches = new TextBatches(new Corpus([folder.Write("a.txt", TestRuns.Text)], 10), new ByteTokenizer(), settings);
        var losses = TestRuns.Losses(new LanguageTraining(settings, new ByteTokenizer()), batches, 40);
        Assert.True(losses[^5..].Average() < 0.75 * losses[..5].Average(), $"{losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void TheLearningRateRisesAndFalls()
    {
        using var folder = new TemporaryFolder();
        var training = new LanguageTraining(TestRuns.Settings, new ByteTokenizer());
        using var batches = new TextBatches(new Corpus([folder.Write("a.txt", TestRuns.Text)], 10), new ByteTokenizer(), TestRuns.Settings);
        var rates = batches.From(0, 0).Take(40).Select(batch =>
        {
            training.Learn(batch);
            return training.LearningRate;
        }).ToArray();
        for (var step = 0; step < 40; step++)
        {
            var warmup = Math.Min(1, 0.2 + (0.8 * step / 4));
            Assert.Equal(1e-2 * warmup * (1 + Math.Cos(Math.PI * step / 40)) / 2, rates[step], 1e-9);
        }
    }

    [Fact]
    public void PerplexityOfWhatIsUnknownIsThatOfTheVocabulary()
    {
        var training = new LanguageTraining(TestRuns.Settings, new ByteTokenizer());
        var row = Enumerable.Range(0, 13).Select(i => (long)(i * 19 % 250)).ToArray();
        using var batches = Brachy.Data.Batches.Of((long[][])[row, row], new() { Size = 4 }, rows => Batch.Of(rows, 4));
        var (loss, accuracy) = training.Evaluate(batches.Epoch());
        Assert.InRange(Math.Exp(loss), 100, 800);
        Assert.InRange(accuracy, 0, 0.2);
    }

    [Fact]
    public void OtherTextIsRefused()
    {
        using var folder = new TemporaryFolder();
        var corpus = new Corpus([folder.Write("a.txt", TestRuns.Text)], 10);
        var file = folder["c.safetensors"];
        new LanguageTraining(TestRuns.Settings, new ByteTokenizer()).Save(file, corpus.Fingerprint());
        folder.Write("a.txt", TestRuns.Text + "!");
        Assert.Contains(
            "other text", Assert.Throws<InputException>(() => LanguageTraining.Load(file, corpus.Fingerprint())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void GeneratedTextGoesOnBeyondTheLongestInput()
    {
        var training = new LanguageTraining(TestRuns.Settings, new ByteTokenizer());
        var generator = new TextGenerator(training.Model.Tree, training.Model.Config, training.Tokenizer);
        int[] Text(int seed) => [.. generator.Continue("a prompt that is longer than an input", new SamplingSettings(), seed, count: 40)];
        var text = Text(1);
        Assert.Equal(text, Text(1));
        Assert.NotEqual(text, Text(2));
        Assert.InRange(text.Length, 13, 40);
    }
}
