using Brachy.Inference;
using Brachy.IO;
using Brachy.Models.Text;
using Brachy.Tests.Frozen;
using Brachy.Tests.Shared;
using Microsoft.ML.OnnxRuntime;
using Samples.Shared;

namespace Brachy.Models.Tests.Text;

public class MiniLmTests(MiniLm lm) : IClassFixture<MiniLm>
{
    private const string Text =
        "The committee met on Thursday to decide whether the old bridge should be repaired or replaced. Engineers had found cracks in "
        + "two of its seven pillars, and the river, swollen by weeks of rain, carried whole trees against them. \"We have postponed this "
        + "for thirty years,\" said the mayor, \"and every year it becomes dearer.\" Others wanted a tunnel; someone proposed a ferry. In "
        + "the end they voted, nine to four, for repairs at once and a new bridge within a decade, paid for by a toll of $2.50 that "
        + "lorries would pay twice. Nobody was content, which the secretary noted as a good sign. The minutes were read, corrected and "
        + "approved at 23:15.";

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(31)]
    [InlineData(128)]
    public void A_text_gives_what_ONNX_Runtime_gives(int length)
    {
        var batch = lm.Tokenizer.EncodeBatch([Text], maxLength: length);
        Assert.Equal(length, batch.InputIds.shape[1]);
        RequireSame(batch);
    }

    [Fact]
    public void A_batch_with_padding_gives_what_ONNX_Runtime_gives() => RequireSame(lm.Tokenizer.EncodeBatch(
        ["Hi!", "A cat sat on the mat.", Text, "Das Brückenkomitee", "¿Qué?", "日本語 and naïve résumés"], maxLength: 64));

    [Fact]
    public void Tokens_are_those_of_BERT()
    {
        Assert.Equal([101, 7592, 1010, 2088, 999, 102], lm.Tokenizer.Encode("Hello, World!"));
        Assert.Equal([101, 15743, 19204, 3989, 102], lm.Tokenizer.Encode("Naive tokenization"));
        Assert.Equal([101, 7592, 102], lm.Tokenizer.Encode("hello world again", maxLength: 3));
    }

    [Fact]
    public void Every_weight_of_the_file_is_found()
    {
        using var stream = MiniLmPackage.OpenModel();
        var state = OnnxFile.ReadStateDict(stream);

        // 5 of the embeddings, 16 of each layer, 2 of the pooler, and the positions.
        Assert.Equal(5 + (6 * 16) + 2 + 1, state.Count);
        Assert.Equal(["embeddings.position_ids"], lm.Model.Ignored);
        Assert.Equal("complete", lm.Model.Report.ToString());
        Assert.Equal(22_713_216, lm.Model.Tree.Tensors().Where(t => t.Tensor.dtype.IsFloatingPoint()).Sum(t => t.Tensor.numel()));
    }

    [Fact]
    public void Sentences_of_one_meaning_are_near_each_other()
    {
        var (tree, config) = lm.Model;
        var batch = lm.Tokenizer.EncodeBatch(
            ["A man is eating food.", "A man eats something.", "The stock market fell sharply today."]);
        var (_, output) = Bert.Apply(tree, config, batch.InputIds, batch.AttentionMask);
        var vectors = MeanPooling.Of(output.LastHiddenState, batch.AttentionMask);
        var cosines = F.matmul(vectors, F.transpose(vectors, 0, 1)).ToArray<float>();

        Assert.Equal(1, cosines[0], 5);
        Assert.InRange(cosines[1], 0.7, 0.95);
        Assert.InRange(cosines[2], -0.2, 0.2);
    }

    /// <summary>Its own export, for texts of any number and length, beside the file that the weights came from.</summary>
    [Fact]
    public void What_it_is_exported_to_gives_what_the_original_file_gives()
    {
        var (tree, config) = lm.Model;
        using var folder = new TemporaryFolder();
        var (onnx, torchScript) = (Path.Combine(folder.Path, "minilm.onnx"), Path.Combine(folder.Path, "minilm.pt"));
        var example = lm.Tokenizer.EncodeBatch(["An example.", "Another one, which is longer."]);
        Func<StructureTree, Tensor, Tensor, Tensor> hidden = (model, ids, mask) =>
            Bert.Apply(model, config, ids, mask).Output.LastHiddenState;
        Export.Onnx(
            onnx, hidden, tree, example.InputIds, example.AttentionMask,
            new() { Varying = [new(1, "batch", "sequence"), new(2, "batch", "sequence")], InputNames = ["ids", "mask"] });
        Export.TorchScript(
            torchScript, hidden, tree, example.InputIds, example.AttentionMask,
            new() { Varying = [new(1, "batch", "sequence"), new(2, "batch", "sequence")] });
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using var session = new InferenceSession(onnx, options);
        using var program = TorchSharp.torch.jit.load(torchScript);

        foreach (var texts in (string[][])[["Hi!"], ["Hi!", Text], ["A cat.", "A dog ran.", "Das Brückenkomitee tagt am Donnerstag."]])
        {
            var batch = lm.Tokenizer.EncodeBatch(texts, maxLength: 128);
            var expected = lm.Run(batch).Hidden;
            using var ids = OrtValue.CreateTensorValueFromMemory(batch.InputIds.ToArray<long>(), batch.InputIds.shape.Sizes);
            using var mask = OrtValue.CreateTensorValueFromMemory(batch.AttentionMask.ToArray<long>(), batch.InputIds.shape.Sizes);
            using var run = new RunOptions();
            using var results = session.Run(run, ["ids", "mask"], [ids, mask], session.OutputNames);
            RequireNear(expected, Tensor.FromArray(results[0].GetTensorDataAsSpan<float>().ToArray(), expected.shape), batch);
            var other = (TorchSharp.torch.Tensor)program.call(batch.InputIds.AsTorch(), batch.AttentionMask.AsTorch());
            RequireNear(expected, Tensor.FromTorch(other), batch);
        }
    }

    [Fact]
    public void Frozen_it_gives_what_the_original_file_gives()
    {
        var (tree, config) = lm.Model;
        using var folder = new TemporaryFolder();
        var example = lm.Tokenizer.EncodeBatch(["An example.", "Another one, which is longer."]);
        Func<StructureTree, Tensor, Tensor, Tensor> hidden = (model, ids, mask) =>
            Bert.Apply(model, config, ids, mask).Output.LastHiddenState;

        Export.Frozen(
            folder["minilm.brachy"], hidden, tree, example.InputIds, example.AttentionMask,
            new() { Varying = [new(1, "batch", "sequence"), new(2, "batch", "sequence")], InputNames = ["ids", "mask"] });

        var frozen = new LoadedFrozen(FrozenModel.Load(folder["minilm.brachy"]));
        foreach (var texts in (string[][])[["Hi!"], ["Hi!", Text], ["A cat.", "A dog ran.", "Das Brückenkomitee tagt am Donnerstag."]])
        {
            var batch = lm.Tokenizer.EncodeBatch(texts, maxLength: 128);
            RequireNear(lm.Run(batch).Hidden, frozen.Run(batch.InputIds, batch.AttentionMask)[0], batch);
        }
    }

    private static void RequireNear(Tensor expected, Tensor actual, TokenBatch batch)
    {
        Assert.True((double)F.max(F.abs(expected - actual)) < 1e-4);
        var (ours, theirs) = (MeanPooling.Of(actual, batch.AttentionMask), MeanPooling.Of(expected, batch.AttentionMask));
        Assert.True((double)F.min(F.sum(ours * theirs, [1])) > 0.99999);
    }

    private void RequireSame(TokenBatch batch)
    {
        var (tree, config) = lm.Model;
        var (hidden, pooled) = lm.Run(batch);
        foreach (var (way, output) in new[]
        {
            ("eager", Bert.Apply(tree, config, batch.InputIds, batch.AttentionMask).Output),
            ("compiled", Bert.JitApply(tree, config, batch.InputIds, batch.AttentionMask).Output),
        })
        {
            Assert.True((double)F.max(F.abs(output.LastHiddenState - hidden)) < 1e-4, way);
            Assert.True((double)F.max(F.abs(output.PoolerOutput! - pooled)) < 1e-4, way);
            var (ours, theirs) = (MeanPooling.Of(output.LastHiddenState, batch.AttentionMask), MeanPooling.Of(hidden, batch.AttentionMask));
            Assert.True((double)F.min(F.sum(ours * theirs, [1])) > 0.99999, way);
        }
    }
}
