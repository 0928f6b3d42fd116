using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Docs;

/// <summary>Grouped heads with rotary positions.</summary>
[Module]
public partial class GroupedAttention
{
    public partial Linear Query { get; set; }

    public partial Linear Key { get; set; }

    public partial Linear Value { get; set; }

    public partial Linear Output { get; set; }

    public partial RotaryEmbedding Rotary { get; set; }

    public GroupedAttention(long size, long heads, long sharedHeads)
    {
        var headDim = size / heads;
        Query = new(size, size, bias: false);
        Key = new(size, sharedHeads * headDim, bias: false);
        Value = new(size, sharedHeads * headDim, bias: false);
        Output = new(size, size, bias: false);
        Rotary = new(headDim, theta: 500_000);
    }

    public Tensor Forward(Tensor x)
    {
        var (query, key, value) = Heads(x, positions: null);
        return Mixed(F.scaled_dot_product_attention(query, key, value, is_causal: true, enable_gqa: true));
    }

    public Tensor Continue(Tensor x, KeyValueStep step)
    {
        var (query, key, value) = Heads(x, step.Positions);
        return Mixed(step.Attend(query, key, value));
    }

    private (Tensor Query, Tensor Key, Tensor Value) Heads(Tensor x, Tensor? positions) => (
        Rotary.Call(Split(Query.Call(x)), positions), Rotary.Call(Split(Key.Call(x)), positions), Split(Value.Call(x)));

    private Tensor Split(Tensor x) => F.transpose(F.unflatten(x, -1, -1, 2 * Rotary.Frequencies.Count), 1, 2);

    private Tensor Mixed(Tensor heads) => Output.Call(F.flatten(F.transpose(heads, 1, 2), 2));
}

/// <summary>The code of docs/attention.md.</summary>
[Trait("Category", "Quick")]
public class AttentionDocTests
{
    [Fact]
    public void AStackReadsPieceByPieceAndInALoop()
    {
        using var rng = Rng.Scope(2);
        var x = Rng.Normal([2, 9, 32]);
        var layer = new TransformerEncoderLayer(dModel: 32, nhead: 4, dimFeedforward: 64, batchFirst: true, normFirst: true);
        var model = new TransformerEncoder(layer, numLayers: 2, new LayerNorm(32));
        var y = model.Call(x, isCausal: true);

        var (tree, config) = model;
        config = config.With("train_mode", false);
        model = TransformerEncoder.Bind(tree, config);
        y = model.Call(x, isCausal: true);
        var cache = model.EmptyCache(batch: 2, capacity: 16);
        var step = cache.Begin(count: 5);
        var first = model.Continue(F.narrow(x, 1, 0, 5), step);
        cache = step.End();
        OpCheck.AssertClose(F.narrow(y, 1, 0, 5), first, 1e-4, "the first piece");
        var positions = F.transpose(F.narrow(x, 1, 5, 4), 0, 1);
        var (last, outputs) = Control.Scan(
            (KeyValueCache before, Tensor position) =>
            {
                var next = before.Begin(count: 1);
                var output = TransformerEncoder.Bind(tree.Copy(), config).Continue(F.unsqueeze(position, 1), next);
                return (next.End(), F.squeeze(output, 1));
            },
            cache, positions);
        OpCheck.AssertClose(F.narrow(y, 1, 5, 4), F.transpose(outputs, 0, 1), 1e-4, "the loop");
        Assert.Equal([9, 9], last.Lengths.ToArray<long>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void GroupedHeadsWithRotaryPositionsGoOn(long sharedHeads)
    {
        using var rng = Rng.Scope(2);
        var (tree, config) = new GroupedAttention(32, heads: 4, sharedHeads);
        var x = Rng.Normal([2, 6, 32]);
        var expected = GroupedAttention.Apply(tree, config, x).Output;
        var read = Jit.Compile((StructureTree model, Tensor piece, KeyValueCache before) =>
        {
            var step = before.Begin(piece.shape[1]);
            return (GroupedAttention.Bind(model.Copy(), config).Continue(piece, step), step.End());
        });
        var cache = KeyValueCache.Empty(1, 2, sharedHeads, 8, 8);
        foreach (var (start, count) in new[] { (0L, 3L), (3L, 1L), (4L, 2L) })
        {
            (var y, cache) = read.Invoke(tree, F.narrow(x, 1, start, count), cache);
            OpCheck.AssertClose(F.narrow(expected, 1, start, count), y, 1e-4, $"from {start}");
        }
    }
}
