using Brachy.Compilation;
using Brachy.Modules;
using Brachy.NN;
using Brachy.Tests.Ops;
using static Brachy.Tests.Ops.Samples.Given;

namespace Brachy.Tests.NN;

/// <summary>Reading with a cache beside reading all at once.</summary>
[Trait("Category", "Quick")]
public class KeyValueCacheTests
{
    private const long Capacity = 9;

    private static readonly long[] s_pieces = [3, 1, 1, 2, 1];

    /// <summary>A layer that reads all at once, and one that goes on: [batch, positions, 6] in both.</summary>
    private sealed record Row(
        StructureTree Tree, Func<StructureTree, Tensor, Tensor> Whole, Func<StructureTree, Tensor, KeyValueStep, Tensor> Continue,
        int Layers);

    public static TheoryData<string, string> Rows
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in new[]
            {
                "multihead", "multihead batch first", "gpt2", "encoder", "encoder norm first", "decoder", "decoder that remembers"
            })
            {
                foreach (var way in new[] { "eager", "torchscript", "interpreter", "default" })
                {
                    data.Add(name, way);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void PiecesGiveWhatTheWholeGives(string name, string way)
    {
        using var rng = Rng.Scope(4);
        var row = RowOf(name);
        var x = Seeded(3, 2, s_pieces.Sum(), 6);
        var expected = row.Whole(row.Tree, x);
        var compiled = Jit.Compile(
            (StructureTree tree, Tensor piece, KeyValueCache cache) => Continue(row, tree, piece, cache), donate: [2],
            way switch { "torchscript" => Backend.TorchScript, "interpreter" => Backend.Interpreter, _ => Backend.Default });
        var (cache, start) = (EmptyCache(row, 2), 0L);
        foreach (var count in s_pieces)
        {
            var piece = F.narrow(x, 1, start, count);
            var before = cache;
            (var y, cache) = way == "eager" ? Continue(row, row.Tree, piece, cache) : compiled.Invoke(row.Tree, piece, cache);
            OpCheck.AssertClose(F.narrow(expected, 1, start, count), y, 1e-9, $"{name}, positions from {start}");
            start += count;
            Assert.Equal([start, start], cache.Lengths.ToArray<long>());
            if (way != "eager")
            {
                Assert.Throws<DonatedTensorException>(() => before.Keys[0].ToArray<double>());
            }
        }

        // One version for each number of new positions, and none for where they stand.
        Assert.Equal(way == "eager" ? 0 : 3, compiled.TraceCount);
        if (way is "torchscript" or "default")
        {
            var writes = compiled.Graph!.Equations.Where(equation => equation.Primitive.Name == "index_put").ToArray();
            Assert.Equal(2 * row.Layers, writes.Length);
            Assert.All(writes, write => Assert.NotNull(write.Overwrites));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ALoopWritesInPlaceAndGivesWhatStepsGive(bool isDefault)
    {
        using var rng = Rng.Scope(4);
        var (tree, config) = new TransformerEncoder(new TransformerEncoderLayer(6, 2, 8, dropout: 0, batchFirst: true), 2);
        var x = Rng.Normal([2, 7, 6]);
        var expected = TransformerEncoder.Apply(tree, config, x, isCausal: true).Output;
        var loop = Jit.Compile(
            (StructureTree model, Tensor slices, KeyValueCache cache) => Control.Scan(
                (KeyValueCache before, Tensor slice) =>
                {
                    var step = before.Begin(1);
                    var y = TransformerEncoder.Bind(model.Copy(), config).Continue(F.unsqueeze(slice, 1), step);
                    return (step.End(), F.squeeze(y, 1));
                },
                cache, slices),
            donate: [2], isDefault ? Backend.Default : Backend.TorchScript);
        var (last, outputs) = loop.Invoke(tree, F.transpose(x, 0, 1).contiguous(), TransformerEncoder.Bind(tree, config).EmptyCache(2, 7));
        OpCheck.AssertClose(expected, F.transpose(outputs, 0, 1), 1e-4, "outputs");
        Assert.Equal([7, 7], last.Lengths.ToArray<long>());
        var scan = loop.Graph!.Equations.Single(equation => equation.Bodies.Count > 0);
        var writes = scan.Bodies[0].Equations.Where(equation => equation.Primitive.Name == "index_put").ToArray();
        Assert.Equal(4, writes.Length);
        Assert.All(writes, write => Assert.NotNull(write.Overwrites));
    }

    /// <summary>Nodes inside are called as always: those that are cast compute in bfloat16, here too.</summary>
    [Theory]
    [InlineData("multihead")]
    [InlineData("gpt2")]
    [InlineData("encoder")]
    public void NodesInsideKeepTheirMixedPrecision(string name)
    {
        using var rng = Rng.Scope(4);
        var row = RowOf(name);
        var model = row.Tree.MapParamsBuffers((_, t) => t.is_floating_point() ? t.to(DType.Float32) : t);
        var x = Seeded(3, 2, s_pieces.Sum(), 6).to(DType.Float32);
        var expected = row.Whole(model, x);
        var (cast, cache) = (MixedPrecision.Cast(model), KeyValueCache.Empty(row.Layers, 2, 2, Capacity, 3));
        var (pieces, start) = (new List<Tensor>(), 0L);
        foreach (var count in s_pieces)
        {
            (var y, cache) = Continue(row, cast, F.narrow(x, 1, start, count), cache);
            pieces.Add(y.to(DType.Float32));
            start += count;
        }

        var found = F.cat([.. pieces], 1);
        var error = (double)(F.abs(found - expected).max() / F.abs(expected).max());
        Assert.InRange(error, 1e-5, 0.1);
    }

    /// <summary>The memory's keys and values go from step to step as they are: a step computes no product with the memory.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AMemoryIsReadOnceForAllSteps(bool isBatchFirst)
    {
        using var rng = Rng.Scope(4);
        var (tree, config) = new TransformerDecoder(
            new TransformerDecoderLayer(6, 2, 8, dropout: 0, batchFirst: isBatchFirst, dtype: DType.Float64), 2);
        var (x, memory) = (Seeded(3, 2, 5, 6), Seeded(9, 2, 7, 6));
        var padding = F.tensor(
            new[,] { { false, false, false, false, false, false, false }, { false, true, false, false, false, true, true } });
        Tensor Turned(Tensor t) => isBatchFirst ? t : F.transpose(t, 0, 1);
        var step = Jit.Compile((StructureTree model, Tensor piece, KeyValueMemory known, KeyValueCache cache) =>
        {
            var here = cache.Begin(1);
            var y = TransformerDecoder.Bind(model, config).Continue(Turned(piece), known, here, memoryKeyPaddingMask: padding);
            return (Turned(y), here.End());
        }, donate: [3], backend: Backend.TorchScript);
        var remember = Jit.Compile((StructureTree model, Tensor m) => TransformerDecoder.Bind(model, config).Remember(Turned(m)));
        var remembered = remember.Invoke(tree, memory);
        Assert.All(remembered.Keys.Concat(remembered.Values), t => Assert.Equal([2L, 2, 7, 3], t.shape));
        var expected = Turned(TransformerDecoder.Apply(
            tree, config, Turned(x), Turned(memory), memoryKeyPaddingMask: padding, tgtIsCausal: true).Output);
        var cache = TransformerDecoder.Bind(tree, config).EmptyCache(2, 5);
        for (var i = 0; i < 5; i++)
        {
            (var y, cache) = step.Invoke(tree, F.narrow(x, 1, i, 1), remembered, cache);
            OpCheck.AssertClose(F.narrow(expected, 1, i, 1), y, 1e-9, $"position {i}");
        }

        Assert.Equal(1, step.TraceCount);
        Assert.DoesNotContain(
            step.Graph!.Equations, e => e.Primitive.Name == "linear" && e.Inputs[0].Type.Shape.Contains(7));
        var other = TransformerDecoder.Bind(tree, config);
        Assert.Contains("keys of 1 and values of 2 layers", Assert.Throws<ShapeException>(() => other.Continue(
            Turned(F.narrow(x, 1, 0, 1)), remembered with { Keys = [remembered.Keys[0]] }, other.EmptyCache(2, 5).Begin(1))).Message,
            StringComparison.Ordinal);
        Assert.Contains("as Remember gives them", Assert.Throws<ShapeException>(() => other.Continue(
            Turned(F.narrow(Seeded(3, 3, 5, 6), 1, 0, 1)), remembered,
            KeyValueCache.Empty(2, 3, 2, 5, 3, dtype: DType.Float64).Begin(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SequencesMayHaveDifferentLengths()
    {
        using var rng = Rng.Scope(4);
        var row = RowOf("encoder");
        var x = Seeded(3, 2, 6, 6);
        var lengths = new long[] { 4, 2 };

        // A prompt of 4 positions of which the second sequence has 2, and then two more of each.
        var step = EmptyCache(row, 2).Begin(4);
        var y = row.Continue(row.Tree, F.narrow(x, 1, 0, 4), step);
        var cache = step.End(F.tensor(lengths));
        var next = F.stack([F.narrow(F.select(x, 0, 0), 0, 4, 2), F.narrow(F.select(x, 0, 1), 0, 2, 2)]);
        step = cache.Begin(2);
        Assert.Equal([4, 5, 2, 3], step.Positions.ToArray<long>());
        var after = row.Continue(row.Tree, next, step);
        cache = step.End();
        Assert.Equal([6, 4], cache.Lengths.ToArray<long>());
        for (var i = 0; i < 2; i++)
        {
            var expected = row.Whole(row.Tree, F.narrow(F.narrow(x, 0, i, 1), 1, 0, lengths[i] + 2));
            OpCheck.AssertClose(F.narrow(expected, 1, 0, lengths[i]), F.narrow(F.narrow(y, 0, i, 1), 1, 0, lengths[i]), 1e-9, "prompt");
            OpCheck.AssertClose(F.narrow(expected, 1, lengths[i], 2), F.narrow(after, 0, i, 1), 1e-9, "after it");
        }

        // Sequences in another order, and positions taken back.
        var swapped = cache.Select(F.tensor(new[] { 1L, 0, 1 }));
        Assert.Equal([4, 6, 4], swapped.Lengths.ToArray<long>());
        swapped = swapped with { Lengths = swapped.Lengths - 1 };
        step = swapped.Begin(1);
        var again = row.Continue(row.Tree, F.index_select(F.narrow(next, 1, 1, 1), 0, F.tensor(new[] { 1L, 0, 1 })), step);
        OpCheck.AssertClose(F.index_select(F.narrow(after, 1, 1, 1), 0, F.tensor(new[] { 1L, 0, 1 })), again, 1e-9, "again");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void HeadsOfQueriesShareThoseOfKeys(long shared)
    {
        var (q, k, v) = (Seeded(1, 2, 4, 5, 3), Seeded(2, 2, shared, 5, 3), Seeded(3, 2, shared, 5, 2));
        var expected = F.scaled_dot_product_attention(q, k, v, is_causal: true, enable_gqa: true, scale: 0.4);
        var cache = KeyValueCache.Empty(1, 2, shared, 6, 3, valueDim: 2, dtype: DType.Float64);
        foreach (var (start, count) in new[] { (0L, 2L), (2L, 1L), (3L, 2L) })
        {
            var step = cache.Begin(count);
            var y = step.Attend(Piece(q), Piece(k), Piece(v), scale: 0.4);
            OpCheck.AssertClose(F.narrow(expected, 2, start, count), y, 1e-12, $"from {start}");
            cache = step.End();

            Tensor Piece(Tensor whole) => F.narrow(whole, 2, start, count);
        }
    }

    [Fact]
    public void GradientsGoThroughTheCache()
    {
        using var rng = Rng.Scope(4);
        var row = RowOf("encoder norm first");
        var (x, weight) = (Seeded(3, 1, 4, 6), Seeded(5, 1, 4, 6));
        var expected = Grad.Of((Tensor all) => F.sum(row.Whole(row.Tree, all) * weight))(x);
        var pieces = Grad.Of((Tensor all) =>
        {
            var (cache, outputs) = (EmptyCache(row, 1), new List<Tensor>());
            foreach (var (start, count) in new[] { (0L, 2L), (2L, 1L), (3L, 1L) })
            {
                (var y, cache) = Continue(row, row.Tree, F.narrow(all, 1, start, count), cache);
                outputs.Add(y);
            }

            return F.sum(F.cat(outputs, 1) * weight);
        });
        OpCheck.AssertClose(expected, pieces(x), 1e-9, "eager");
        OpCheck.AssertClose(expected, Jit.Compile(pieces).Invoke(x), 1e-9, "compiled");
    }

    [Fact]
    public void ACacheMayHoldHalfPrecision()
    {
        using var rng = Rng.Scope(4);
        var layer = new CausalSelfAttention(8, 2);
        var x = Rng.Normal([1, 3, 8]);
        var step = KeyValueCache.Empty(1, 1, 2, 4, 4, dtype: DType.BFloat16).Begin(3);
        var y = layer.Continue(x, step);
        Assert.Equal(DType.Float32, y.dtype);
        Assert.Equal(DType.BFloat16, step.End().Keys[0].dtype);
        OpCheck.AssertClose(layer.Call(x), y, 0.05, "output");
    }

    [Fact]
    public void WhatIsFullSaysSo()
    {
        static (Tensor, KeyValueCache) Read(Tensor x, KeyValueCache cache)
        {
            var step = cache.Begin(x.shape[2]);
            return (step.Attend(x, x, x), step.End());
        }

        var cache = KeyValueCache.Empty(1, 2, 1, 4, 2) with { Lengths = F.tensor(new[] { 1L, 2 }) };
        var compiled = Jit.Compile<Tensor, KeyValueCache, (Tensor, KeyValueCache)>(Read);
        var x = F.ones([2, 1, 2, 2]);
        var (_, full) = compiled.Invoke(x, cache);
        foreach (var read in new[] { Read, compiled.Invoke })
        {
            var error = Assert.Throws<CheckFailedException>(() => read(x, full));
            Assert.Contains("no room for 2 more positions; its capacity is 4", error.Message, StringComparison.Ordinal);
            Assert.Contains("at [0] of [2]", error.Message, StringComparison.Ordinal);
        }

        // What was there stays, also where the other sequence still has room.
        Assert.Equal([3, 4], full.Lengths.ToArray<long>());
        var message = Assert.Throws<ShapeException>(() => Read(F.ones([2, 1, 5, 2]), cache)).Message;
        Assert.Contains("5 positions do not fit, since its capacity is 4", message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        using var rng = Rng.Scope(4);
        string Message<T>(Action act)
            where T : Exception => Assert.Throws<T>(act).Message;
        void Has(string part, string message) => Assert.Contains(part, message, StringComparison.Ordinal);
        var cache = KeyValueCache.Empty(2, 1, 2, 4, 3);
        Assert.Equal((2, 1L, 4L), (cache.Layers, cache.Batch, cache.Capacity));
        var x = F.ones([1, 2, 1, 3]);
        var step = cache.Begin(1);
        step.Write(x, x);
        Has("made for 2 layers, but only 1 have written", Message<InvalidOperationException>(() => step.End()));
        step.Write(x, x);
        Has("made for 2 layers, and each has had its turn", Message<InvalidOperationException>(() => step.Attend(x, x, x)));
        Has("counts is int64[2], but must be int64[1]", Message<ShapeException>(() => step.End(F.tensor(new[] { 1L, 1 }))));
        Has("0 to 1 may count", Message<CheckFailedException>(() => step.End(F.tensor(new[] { 2L }))));
        Has("key is float32[1, 2, 2, 3], but must be [1, 2, 1, 3]", Message<ShapeException>(
            () => cache.Begin(1).Write(F.ones([1, 2, 2, 3]), x)));
        Has("a multiple of 2", Message<ShapeException>(() => cache.Begin(1).Attend(F.ones([1, 3, 1, 3]), x, x)));
        Has("Lengths is int64[]", Message<ShapeException>(() => (cache with { Lengths = F.zeros([], DType.Int64) }).Begin(1)));
        Has("Values[1]", Message<ShapeException>(() => (cache with { Values = [cache.Values[0], x] }).Begin(1)));
        Has("one of each", Message<ShapeException>(() => (cache with { Values = [cache.Values[0]] }).Begin(1)));
        Has("must have one dim", Message<ShapeException>(() => cache.Select(F.zeros([], DType.Int64))));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Begin(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyValueCache.Empty(0, 1, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyValueCache.Empty(1, 1, 1, 0, 1));
        Assert.Throws<DTypeException>(() => KeyValueCache.Empty(1, 1, 1, 1, 1, dtype: DType.Int64));
        var adding = new MultiheadAttention(6, 2, addBiasKv: true);
        Has("adds keys", Message<NotSupportedException>(() => adding.Continue(F.ones([1, 1, 6]), cache.Begin(1))));
    }

    private static (Tensor Output, KeyValueCache Cache) Continue(Row row, StructureTree tree, Tensor piece, KeyValueCache cache)
    {
        var step = cache.Begin(piece.shape[1]);
        var y = row.Continue(tree, piece, step);
        return (y, step.End());
    }

    private static KeyValueCache EmptyCache(Row row, long batch) =>
        KeyValueCache.Empty(row.Layers, batch, 2, Capacity, 3, dtype: DType.Float64);

    private static Row RowOf(string name)
    {
        var memory = Seeded(8, 1, 4, 6);
        switch (name)
        {
            case "multihead":
                var (attention, settings) = new MultiheadAttention(6, 2, dtype: DType.Float64);
                return new(
                    attention,
                    (tree, x) => F.transpose(MultiheadAttention.Apply(
                        tree, settings, F.transpose(x, 0, 1), F.transpose(x, 0, 1), F.transpose(x, 0, 1), isCausal: true).Output.Output, 0,
                        1),
                    (tree, x, step) => F.transpose(
                        MultiheadAttention.Bind(tree, settings).Continue(F.transpose(x, 0, 1), step), 0, 1),
                    1);
            case "multihead batch first":
                var (first, config) = new MultiheadAttention(6, 2, batchFirst: true, bias: false, dtype: DType.Float64);
                return new(
                    first, (tree, x) => MultiheadAttention.Apply(tree, config, x, x, x, isCausal: true).Output.Output,
                    (tree, x, step) => MultiheadAttention.Bind(tree, config).Continue(x, step), 1);
            case "gpt2":
                var (causal, causalConfig) = new CausalSelfAttention(6, 2, dtype: DType.Float64);
                return new(
                    causal, (tree, x) => CausalSelfAttention.Apply(tree, causalConfig, x).Output,
                    (tree, x, step) => CausalSelfAttention.Bind(tree, causalConfig).Continue(x, step), 1);
            case "decoder":
                var (decoder, decoderConfig) = new TransformerDecoder(
                    new TransformerDecoderLayer(6, 2, 8, dropout: 0, batchFirst: true, dtype: DType.Float64), 2);
                return new(
                    decoder,
                    (tree, x) => TransformerDecoder.Apply(
                        tree, decoderConfig, x, F.expand(memory, x.shape[0], 4, 6), tgtIsCausal: true).Output,
                    (tree, x, step) => TransformerDecoder.Bind(tree, decoderConfig).Continue(x, F.expand(memory, x.shape[0], 4, 6), step),
                    2);
            case "decoder that remembers":
                var (remembering, ownConfig) = new TransformerDecoder(
                    new TransformerDecoderLayer(6, 2, 8, dropout: 0, batchFirst: true, normFirst: true, dtype: DType.Float64), 2);
                return new(
                    remembering,
                    (tree, x) => TransformerDecoder.Apply(
                        tree, ownConfig, x, F.expand(memory, x.shape[0], 4, 6), tgtIsCausal: true).Output,
                    (tree, x, step) => TransformerDecoder.Bind(tree, ownConfig) is var bound
                        ? bound.Continue(x, bound.Remember(F.expand(memory, x.shape[0], 4, 6)), step) : x,
                    2);
            default:
                var (encoder, encoderConfig) = new TransformerEncoder(
                    new TransformerEncoderLayer(
                        6, 2, 8, 0, "gelu", batchFirst: true, normFirst: name == "encoder norm first", dtype: DType.Float64), 2,
                    new LayerNorm(6, dtype: DType.Float64));
                return new(
                    encoder, (tree, x) => TransformerEncoder.Apply(tree, encoderConfig, x, isCausal: true).Output,
                    (tree, x, step) => TransformerEncoder.Bind(tree, encoderConfig).Continue(x, step), 2);
        }
    }
}
