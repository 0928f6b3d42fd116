using Brachy.IO;
using Brachy.Tests.Shared;
using CsCheck;

namespace Brachy.Data.Tests;

/// <summary>A reading that goes on elsewhere.</summary>
[Trait("Category", "Quick")]
public class ResumeTests
{
    [Fact]
    public void AResumedReadingHasTheBatchesOfOneThatWasNotInterrupted() => Gen.Select(
        Numbers.Cases(), Gen.Int[1, 3].Select(source => (Numbers.Source)source), Gen.Int[0, 20]).Sample(
        (one, source, stop) =>
        {
            using var whole = Numbers.Of(source, one.Count, one.Options);
            var expected = TwoEpochs(whole).ToArray();
            using var first = Numbers.Of(source, one.Count, one.Options);
            var seen = new List<long[]>();
            BatchPosition? position = null;
            foreach (var batch in TwoEpochs(first).Take(stop))
            {
                seen.Add(batch);
                position = first.Position;
            }

            using var second = Numbers.Of(source, one.Count, one.Options with { Workers = 1, Prefetch = 3 });
            second.Position = BatchPosition.Parse((position ?? first.Position).ToString());
            seen.AddRange(second.Position.Epoch == 0 ? TwoEpochs(second) : second.Epoch());
            if (position is { Epoch: 0 } && stop > 0 && seen.Count < expected.Length)
            {
                seen.AddRange(second.Epoch());
            }

            Assert.Equal(expected, seen);
        },
        iter: 150, threads: 1, seed: "0N0XIzNsQ0O2");

    [Fact]
    public void APositionGoesIntoACheckpoint()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "state.safetensors");
        var options = new BatchOptions { Size = 3, Key = Rng.Seed(1) };
        using var batches = Numbers.Of(Numbers.Source.List, 20, options);
        var rest = new List<long[]>();
        foreach (var batch in batches.Epoch())
        {
            if (batches.Position.Batch == 4)
            {
                Checkpoint.Save(file, ("data", batches.Position), ("step", 4));
            }
            else if (batches.Position.Batch > 4)
            {
                rest.Add(batch);
            }
        }

        using var again = Numbers.Of(Numbers.Source.List, 20, options);
        again.Position = Checkpoint.Load(file).Position("data");
        Assert.Equal(rest, again.Epoch());
        Assert.Equal((1, 0), (again.Position.Epoch, again.Position.Batch));
    }

    [Fact]
    public void APositionOfOtherBatchesIsRefused()
    {
        using var batches = Numbers.Of(Numbers.Source.List, 20, new() { Size = 3, Key = Rng.Seed(1) });
        var options = new BatchOptions { Size = 3, Key = Rng.Seed(1) };
        foreach (var (count, other) in new[]
        {
            (21, options), (20, options with { Size = 4 }), (20, options with { Key = Rng.Seed(2) }), (20, options with { Key = null }),
            (20, options with { DropLast = true }), (20, options with { WorldSize = 2 }),
            (20, options with { Order = BatchOrder.ByLength(new int[20]) }),
        })
        {
            using var others = Numbers.Of(Numbers.Source.List, count, other);
            var error = Assert.Throws<ArgumentException>(() => batches.Position = others.Position);
            Assert.Contains(others.Position.Of, error.Message, StringComparison.Ordinal);
            Assert.Contains(batches.Position.Of, error.Message, StringComparison.Ordinal);
        }

        using var rank1 = Numbers.Of(Numbers.Source.List, 20, options with { WorldSize = 2, Rank = 1 });
        using var rank0 = Numbers.Of(Numbers.Source.List, 20, options with { WorldSize = 2 });
        rank1.Position = rank0.Position;
    }

    [Theory]
    [InlineData("")]
    [InlineData("1:2")]
    [InlineData("1 of 3")]
    [InlineData("-1:2 of 3")]
    [InlineData("1:x of 3")]
    [InlineData("1:99999999999999999999 of 3")]
    public void WhatIsNoPositionIsRefused(string text)
    {
        Assert.False(BatchPosition.TryParse(text, out _));
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => BatchPosition.Parse(text)).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<long[]> TwoEpochs(Batches<long[]> batches) => batches.Epoch().Concat(batches.Epoch());
}
