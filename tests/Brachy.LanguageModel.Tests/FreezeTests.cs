using System.Text;
using Brachy;
using Brachy.Inference;

namespace LanguageModel.Tests;

/// <summary>Generation without libtorch writes what generation with it writes.</summary>
public class FreezeTests
{
    [Theory]
    [InlineData("0 is ", 0, 0, 1)]
    [InlineData("x", 0.9, 0, 1)]
    [InlineData("7", 0.7, 5, 0.9)]
    public void TheTextIsTheSame(string prompt, double temperature, int topK, double topP)
    {
        using var rng = Rng.Scope(7);
        var tokenizer = new ByteTokenizer();
        var (model, config) = new StackedAttention(new(2, 16, 2, 32, tokenizer.VocabSize));
        config = config.With("train_mode", false);
        var sampling = new SamplingSettings(temperature, topK, topP);
        var expected = new TextGenerator(model, config, tokenizer).Continue(prompt, sampling, seed: 3, count: 20);

        using var file = new MemoryStream();
        FreezeRun.Freeze(file, model, config, tokenizer.EndOfText, sampling);
        file.Position = 0;
        var frozen = FrozenModel.Load(file);
        long[] tokens = [tokenizer.EndOfText, .. Encoding.UTF8.GetBytes(prompt).Select(value => (long)value)];
        var session = frozen.Session(tokens.Length);
        tokens.CopyTo(session.Input<long>("prompt"));
        session.Input<long>("limit")[0] = 20;
        session.Input<long>("key")[0] = (long)Rng.Seed(3).Tensor;
        session.Run();

        var count = (int)session.Result<long>(1)[0];
        var actual = session.Result<long>(0)[..count].ToArray().Select(token => (int)token).Where(token => token != tokenizer.EndOfText);
        Assert.Equal(expected, actual);
    }
}
