using Brachy.IO;
using Brachy.Models.Tests.Text;
using Brachy.Models.Text;
using Brachy.NN;
using Brachy.Tests.Shared;
using Microsoft.Extensions.AI;
using Samples.Shared;

namespace Brachy.Models.Tests.Docs;

/// <summary>The code of docs/pretrained.md.</summary>
public sealed class PretrainedDocTests : IClassFixture<MiniLm>, IDisposable
{
    private readonly MiniLm _lm;
    private readonly TemporaryFolder _folder = new();

    public PretrainedDocTests(MiniLm lm)
    {
        _lm = lm;
        foreach (var fixture in new[] { "bert", "tokens-bert" })
        {
            foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture)))
            {
                File.Copy(file, _folder[Path.GetFileName(file)], overwrite: true);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load()
    {
        var folder = _folder.Path;
        var (model, config) = Bert.FromPretrained(folder);
        var (_, output) = Bert.Apply(model, config, Tensor.FromArray([2L, 5, 6, 3], [1, 4]));
        Console.WriteLine(output.LastHiddenState.shape); // [1, 4, size]

        Assert.Equal([1, 4, 16], output.LastHiddenState.shape.Sizes);
    }

    [Fact]
    public void Options()
    {
        var folder = _folder.Path;
        var (model, config, report) = Bert.FromPretrained(folder, options: new()
        {
            DType = DType.BFloat16,
            Strict = false,
            Ignore = "pooler.**",
        });
        Console.WriteLine(report);

        Assert.True(report.IsComplete);
        Assert.Equal(DType.BFloat16, ((Tensor)model["embeddings.LayerNorm.weight"]).dtype);
        Assert.Equal(DType.Float32, ((Tensor)model["pooler.dense.weight"]).dtype);
        Assert.False(config.Get("train_mode", true));
    }

    [Fact]
    public void OwnModule()
    {
        using var folder = new TemporaryFolder();
        var file = folder["model.safetensors"];
        SafeTensors.Save(file, new Dictionary<string, Tensor>
        {
            ["net.fc1.weight"] = F.ones([3, 4]),
            ["net.fc1.bias"] = F.ones([3]),
            ["net.steps"] = F.zeros([]),
        });
        var names = new WeightNames
        {
            Prefixes = ["net."],
            Ignored = "**.steps",
            Rename = name => name.Replace("fc1", "0", StringComparison.Ordinal),
        };
        var (model, config) = Pretrained.Load(() => new Sequential(new Linear(4, 3), new ReLU()), file, names);

        Assert.Equal([5f, 5, 5], model.Apply(config, F.ones([1, 4])).Output.ToArray<float>());
    }

    [Fact]
    public void Embeddings()
    {
        var folder = _folder.Path;
        var tokenizer = TextTokenizer.FromPretrained(folder);
        var (model, config) = Bert.FromPretrained(folder, pooler: false);
        var embed = Jit.Compile((StructureTree tree, TokenBatch batch) =>
        {
            var (_, output) = Bert.Apply(tree, config, batch.InputIds, batch.AttentionMask);
            return MeanPooling.Of(output.LastHiddenState, batch.AttentionMask);
        });
        var batch = tokenizer.EncodeBatch(["the cat sat", "the theatre"], maxLength: 12, multipleOf: 4);
        var vectors = embed.Invoke(model, batch); // [2, size], each of length 1

        Assert.Equal([2, 16], vectors.shape.Sizes);
        Assert.Equal(1, (double)F.sum(vectors[0] * vectors[0]), 5);
    }

    [Fact]
    public void Onnx()
    {
        var (stream, vocabulary) = (MiniLmPackage.OpenModel(), MiniLmPackage.OpenVocabulary());
        var (model, config) = Bert.FromOnnx(stream, BertConfig.AllMiniLmL6V2);
        var tokenizer = TextTokenizer.WordPiece(vocabulary);

        var batch = tokenizer.EncodeBatch(["Where is the station?"]);
        var output = Bert.Apply(model, config, batch.InputIds, batch.AttentionMask).Output;
        Assert.Equal([1, 7, 384], output.LastHiddenState.shape.Sizes);
        stream.Dispose();
        vocabulary.Dispose();
    }

    [Fact]
    public async Task Sentences()
    {
        var ((model, config), tokenizer) = (_lm.Model, _lm.Tokenizer);

        using var embedder = new SentenceEmbedder(model, config, tokenizer);
        using var vectors = embedder.Embed(["A man eats something.", "A man is eating food."]); // float32 [2, 384], of length 1
        var embedding = await embedder.GenerateAsync("The stock market fell sharply today.");

        Assert.Equal([2, 384], vectors.shape.Sizes);
        Assert.Equal(384, embedding.Dimensions);
        Assert.True((double)F.sum(vectors[0] * vectors[1]) > 0.7);
    }

    [Fact]
    public void Generate()
    {
        var folder = new Fixture("gpt2").Folder;
        Tensor prompt = Tensor.FromArray([4L, 8, 15], [1, 3]);
        var (model, config) = Gpt2.FromPretrained(folder);
        var read = Jit.Compile(
            (StructureTree tree, Tensor tokens, KeyValueCache cache) => Gpt2.Read(tree, config, tokens, cache), donate: [2]);

        var (logits, cache) = read.Invoke(model, prompt, Gpt2.EmptyCache(model, config, capacity: 16)); // prompt: int64 [1, positions]
        var text = new List<long>();
        for (var i = 0; i < 8; i++)
        {
            var token = F.argmax(logits, -1);
            text.Add((long)token);
            (logits, cache) = read.Invoke(model, F.reshape(token, 1, 1), cache);
        }

        Assert.Equal(8, text.Count);
        var all = prompt;
        foreach (var token in text)
        {
            Assert.Equal(token, (long)F.argmax(F.select(Gpt2.Apply(model, config, all).Output, 1, all.shape[1] - 1)));
            all = F.cat([all, Tensor.FromArray([token], [1, 1])], 1);
        }
    }
}
