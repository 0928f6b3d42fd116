using Brachy.IO;
using Brachy.Models.Text;

namespace Brachy.Models.Tests.Text;

using MeanPooling = Brachy.Models.Text.MeanPooling;

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
        using var stream = lm.Open("model.onnx");
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
