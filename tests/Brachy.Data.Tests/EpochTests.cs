using CsCheck;

namespace Brachy.Data.Tests;

/// <summary>Which elements batches have.</summary>
[Trait("Category", "Quick")]
public class EpochTests
{
    public static TheoryData<string> Sources => [.. Enum.GetNames<Numbers.Source>()];

    [Theory]
    [MemberData(nameof(Sources))]
    public void RanksShareOutEachElementOnceInAsManyBatches(string source) => Numbers.Cases().Sample(
        one =>
        {
            var (count, options) = one;
            var ranks = Enumerable.Range(0, options.WorldSize)
                .Select(rank => Numbers.Epoch(Enum.Parse<Numbers.Source>(source), count, options with { Rank = rank })).ToArray();
            Assert.Single(ranks.Select(batches => batches.Length).Distinct());
            Assert.All(ranks.SelectMany(batches => batches), batch => Assert.InRange(batch.Length, 1, options.Size));
            var all = ranks.SelectMany(batches => batches).SelectMany(batch => batch).Order().ToArray();
            Assert.Equal(all.Distinct(), all);
            var step = options.Size * options.WorldSize;
            Assert.Equal(options.DropLast ? count / step * step : count, all.Length);
            if (options.DropLast)
            {
                Assert.All(ranks.SelectMany(batches => batches), batch => Assert.Equal(options.Size, batch.Length));
            }

            // All but the last, or the last two where there is less left than ranks, are full.
            var isShort = ranks[0].Select((_, step) => ranks.Any(batches => batches[step].Length < options.Size)).ToArray();
            Assert.DoesNotContain(true, isShort.SkipLast(options.WorldSize == 1 ? 1 : 2));
        },
        iter: 60, threads: 1, seed: "0N0XIzNsQ0O2");

    [Theory]
    [MemberData(nameof(Sources))]
    public void TheOrderDoesNotDependOnWorkersAndPrefetch(string source) => Gen.Select(
        Numbers.Cases(), Gen.Int[0, 4], Gen.Int[1, 6], Gen.Int[0, 3]).Sample(
        (one, workers, prefetch, epoch) =>
        {
            var kind = Enum.Parse<Numbers.Source>(source);
            Assert.Equal(
                Numbers.Epoch(kind, one.Count, one.Options with { Workers = 0 }, epoch),
                Numbers.Epoch(kind, one.Count, one.Options with { Workers = workers, Prefetch = prefetch }, epoch));
        },
        iter: 60, threads: 1, seed: "0N0XIzNsQ0O2");

    [Fact]
    public void ListsAndTensorsHaveTheSameOrder()
    {
        var options = new BatchOptions { Size = 4, Key = Rng.Seed(3) };
        Assert.Equal(Numbers.Epoch(Numbers.Source.Tensors, 25, options, 2), Numbers.Epoch(Numbers.Source.List, 25, options, 2));
        Assert.NotEqual(Numbers.Epoch(Numbers.Source.List, 25, options, 1), Numbers.Epoch(Numbers.Source.List, 25, options, 2));
        Assert.NotEqual(
            Numbers.Epoch(Numbers.Source.List, 25, options), Numbers.Epoch(Numbers.Source.List, 25, options with { Key = Rng.Seed(4) }));
    }

    /// <summary>The numbers were computed by hand, in Python, from the formulas of the finaliser and of Fisher and Yates.</summary>
    [Fact]
    public void AKeyGivesTheSameOrderOnEveryMachine()
    {
        var options = new BatchOptions { Size = 12, Key = new RngKey(Tensor.FromArray([42L], [1]).sum()) };
        Assert.Equal(s_expectedOfKey42, Numbers.Epoch(Numbers.Source.List, 12, options, 1)[0]);
    }

    [Fact]
    public void WithoutAKeyElementsStayInTheirOrder()
    {
        foreach (var source in Enum.GetValues<Numbers.Source>())
        {
            Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], Numbers.Epoch(source, 10, new() { Size = 4 }));
        }
    }

    [Fact]
    public void WhatIsLeftOverIsSharedOutEvenly()
    {
        // 4 on each of 3 ranks, and then 10 over 3; and with fewer than ranks, together with the step before.
        long[][] Of(int count, int rank) => Numbers.Epoch(Numbers.Source.List, count, new() { Size = 4, WorldSize = 3, Rank = rank });
        Assert.Equal([[0, 1, 2, 3], [12, 13, 14]], Of(22, 0));
        Assert.Equal([[4, 5, 6, 7], [15, 16, 17]], Of(22, 1));
        Assert.Equal([[8, 9, 10, 11], [18, 19, 20, 21]], Of(22, 2));
        Assert.Equal([[0, 1], [6, 7]], Of(13, 0));
        Assert.Equal([[2, 3], [8, 9]], Of(13, 1));
        Assert.Equal([[4, 5], [10, 11, 12]], Of(13, 2));
    }

    private static readonly long[] s_expectedOfKey42 = [7, 11, 4, 8, 2, 5, 10, 0, 6, 1, 3, 9];
}
