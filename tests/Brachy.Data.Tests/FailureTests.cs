namespace Brachy.Data.Tests;

/// <summary>Exceptions, cancellation, early ends.</summary>
[Trait("Category", "Quick")]
public class FailureTests
{
    private static readonly int[] s_numbers = [.. Enumerable.Range(0, 30)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void AnExceptionComesOutInItsPlaceAndTheBatchCanBeReadAgain(int workers)
    {
        var isBroken = true;
        using var batches = Batches.Of(s_numbers, new() { Size = 1, Workers = workers, Prefetch = 5 }, rows =>
            rows[0] == 17 && Volatile.Read(ref isBroken) ? throw new InvalidDataException("17") : rows[0]);
        var seen = new List<int>();
        var error = Assert.Throws<InvalidDataException>(() => seen.AddRange(batches.Epoch().Select(Seen)));
        Assert.Contains(nameof(AnExceptionComesOutInItsPlaceAndTheBatchCanBeReadAgain), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(17, batches.Position.Batch);
        Volatile.Write(ref isBroken, false);
        Assert.Equal(s_numbers[17..], batches.Epoch());

        int Seen(int number)
        {
            Assert.Equal(number + 1, batches.Position.Batch);
            return number;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void AnExceptionOfASequenceComesOutAfterTheBatchesBefore(int workers)
    {
        static IEnumerable<int> Failing()
        {
            for (var i = 0; i < 7; i++)
            {
                yield return i;
            }

            throw new InvalidDataException("the end");
        }

        using var batches = Batches.Of(Failing(), new() { Size = 2, Workers = workers, Prefetch = 8 }, rows => rows.ToArray());
        var seen = new List<int[]>();
        Assert.Throws<InvalidDataException>(() =>
        {
            foreach (var batch in batches.Epoch())
            {
                seen.Add(batch);
            }
        });
        Assert.Equal([[0, 1], [2, 3], [4, 5]], seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void AReadingIsCancelled(int workers)
    {
        using var stop = new CancellationTokenSource();
        using var batches = Batches.Of(s_numbers, new() { Size = 1, Workers = workers }, rows => rows[0]);
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var number in batches.Epoch(stop.Token))
            {
                if (number == 4)
                {
                    stop.Cancel();
                }

                Assert.True(number < 5);
            }
        });
        Assert.Equal(s_numbers[5..], batches.Epoch());
    }

    [Fact]
    public void AReaderThatWaitsIsCancelled()
    {
        using var stop = new CancellationTokenSource();
        using var waits = new ManualResetEventSlim();
        using var batches = Batches.Of(s_numbers, new() { Size = 1 }, rows =>
        {
            waits.Set();
            rows.Stop.WaitHandle.WaitOne();
            rows.Stop.ThrowIfCancellationRequested();
            return 0;
        });
        var reading = Task.Run(() => batches.Epoch(stop.Token).Count());
        waits.Wait();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => reading.GetAwaiter().GetResult());
    }

    [Fact]
    public void AnEarlyEndWaitsForWorkersAndKeepsThePosition()
    {
        int running = 0, most = 0;
        using var batches = Batches.Of(s_numbers, new() { Size = 1, Workers = 3, Prefetch = 6 }, rows =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            Thread.SpinWait(2000);
            Interlocked.Decrement(ref running);
            return rows.Values(i => i);
        });
        for (var read = 1; read < 30; read++)
        {
            Assert.Single(batches.Epoch().Take(1));
            Assert.Equal(0, Volatile.Read(ref running));
            Assert.Equal(read, batches.Position.Batch);
        }

        Assert.InRange(most, 1, 3);
        Assert.InRange(batches.BufferCount, 1, 7);
    }

    [Fact]
    public void DisposalWaitsForWorkersAndTheReaderIsTold()
    {
        var running = 0;
        var batches = Batches.Of(s_numbers, new() { Size = 1, Workers = 2, Prefetch = 4 }, rows =>
        {
            Interlocked.Increment(ref running);
            Thread.SpinWait(5000);
            Interlocked.Decrement(ref running);
            return rows.Values(i => i);
        });
        using var reader = batches.Epoch().GetEnumerator();
        Assert.True(reader.MoveNext());
        batches.Dispose();
        batches.Dispose();
        Assert.Equal(0, running);
        Assert.Equal([0], reader.Current.ToArray<int>());
        Assert.Throws<ObjectDisposedException>(() => reader.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => batches.Epoch().First());
        Assert.Throws<ObjectDisposedException>(() => batches.Seek(0));
        Assert.Equal(0, batches.BufferCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheEndOfALoopAndOfTheBatchesComesAfterThatOfTheWork(bool disposes)
    {
        using var begun = new ManualResetEventSlim();
        var isOver = false;
        using var batches = Batches.Of(s_numbers, new() { Size = 1, Workers = 2, Prefetch = 2 }, rows =>
        {
            if (rows[0] == 1)
            {
                // Told that nobody waits any more, it takes its time all the same.
                begun.Set();
                rows.Stop.WaitHandle.WaitOne();
                Thread.Sleep(100);
                Volatile.Write(ref isOver, true);
            }

            return rows[0];
        });
        using var reader = batches.Epoch().GetEnumerator();
        Assert.True(reader.MoveNext());
        begun.Wait();
        (disposes ? (IDisposable)batches : reader).Dispose();
        Assert.True(Volatile.Read(ref isOver));
    }

    [Fact]
    public void OneReaderAtATime()
    {
        using var batches = Batches.Of(s_numbers, new() { Size = 10 }, rows => rows[0]);
        foreach (var _ in batches.Epoch())
        {
            Assert.Throws<InvalidOperationException>(() => batches.Epoch().First());
            Assert.Throws<InvalidOperationException>(() => batches.Seek(0));
            Assert.Throws<InvalidOperationException>(() => batches.Position = batches.Position);
        }

        Assert.Equal(1, batches.Position.Epoch);
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Seek(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => batches.Seek(-1));
        batches.Seek(5, 3);
        Assert.Empty(batches.Epoch());
        Assert.Equal(6, batches.Position.Epoch);
    }

    [Fact]
    public async Task ReadingWithoutBlockingIsTheSame()
    {
        await using var batches = Batches.Of(s_numbers, new() { Size = 4, Key = Rng.Seed(0), Workers = 2 }, rows => rows.ToArray());
        var blocking = batches.Epoch().ToArray();
        batches.Seek(0);
        var seen = new List<int[]>();
        await foreach (var batch in batches.EpochAsync())
        {
            seen.Add(batch);
        }

        Assert.Equal(blocking, seen);
    }

    public static TheoryData<string> WrongOptions =>
        [.. s_wrong.Keys];

    private static readonly Dictionary<string, BatchOptions> s_wrong = new()
    {
        ["Size"] = new() { Size = 0 },
        ["Workers"] = new() { Size = 1, Workers = -1 },
        ["Prefetch"] = new() { Size = 1, Prefetch = 0 },
        ["WorldSize"] = new() { Size = 1, WorldSize = 0 },
        ["Rank"] = new() { Size = 1, WorldSize = 2, Rank = 2 },
        ["ShuffleBuffer"] = new() { Size = 1, ShuffleBuffer = 0 },
        ["Order draws by a key"] = new() { Size = 1, Order = BatchOrder.Shuffled },
        ["is for 29 elements, and there are 30"] = new() { Size = 1, Key = Rng.Seed(0), Order = BatchOrder.ByLength(new int[29]) },
        ["30 elements cannot be shared out to 4 ranks"] = new() { Size = 1, WorldSize = 4 },
        ["30 elements cannot be shared out to 31 ranks"] = new() { Size = 2, WorldSize = 31 },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void WrongOptionsAreNamed(string message) => Assert.Contains(
        message, Assert.ThrowsAny<ArgumentException>(() => Batches.Of(s_numbers, s_wrong[message], rows => rows[0])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void WrongDataIsNamed()
    {
        var options = new BatchOptions { Size = 2 };
        Assert.Contains("int64", Assert.Throws<ArgumentException>(
            () => Batches.OfTensors((F.zeros([3, 2]), F.arange(0, 4)), options)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Batches.OfTensors(F.zeros([]), options));
        Assert.Throws<ArgumentException>(() => Batches.OfTensors("no tensors", options));
        Assert.Throws<ArgumentException>(
            () => Batches.Of(s_numbers.Where(_ => true), options with { Key = Rng.Seed(0), Order = BatchOrder.Shuffled }, rows => 0));
        using var few = Batches.Of(s_numbers.Take(1), options with { WorldSize = 2 }, rows => 0);
        Assert.Contains("1 elements cannot be shared out", Assert.Throws<InvalidOperationException>(() => few.Epoch().Count()).Message,
            StringComparison.Ordinal);
        using var none = Batches.OfEpochs<int, int>(_ => (IEnumerable<int>)null!, options, rows => 0);
        Assert.Throws<InvalidOperationException>(() => none.Epoch().Count());
        using var empty = Batches.Of(Array.Empty<int>(), options, rows => 0);
        Assert.Empty(empty.Epoch());
    }
}
