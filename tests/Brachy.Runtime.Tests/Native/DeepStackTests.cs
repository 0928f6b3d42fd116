using Brachy.Native;
using TorchSharp;

namespace Brachy.Tests.Native;

/// <summary>Work on a thread with stack enough looks to its caller like work of its own.</summary>
public class DeepStackTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void TheStackIsAsLargeAsAsked() => SmallStack.Run(() =>
    {
        DeepStack.Run(100 * Megabyte, "work", () => Assert.Equal(300_000, Depth(300_000)));

        static int Depth(int n)
        {
            Span<byte> frame = stackalloc byte[256];
            frame[n & 255] = 1;
            return n == 0 ? 0 : Depth(n - 1) + frame[n & 255];
        }
    });

    [Fact]
    public void ExceptionsArriveAsTheyWereThrown()
    {
        var thrown = new InvalidDataException("as it was");
        var caught = Assert.Throws<InvalidDataException>(() => DeepStack.Run(Megabyte, "work", () => throw thrown));
        Assert.Same(thrown, caught);
    }

    [Fact]
    public void WorkInsideWorkNeedsNoOtherThread()
    {
        var (outer, inner, larger) = (0, 0, 0);
        DeepStack.Run(2 * Megabyte, "work", () =>
        {
            outer = Environment.CurrentManagedThreadId;
            DeepStack.Run(Megabyte, "work", () => inner = Environment.CurrentManagedThreadId);
            DeepStack.Run(20 * Megabyte, "work", () => larger = Environment.CurrentManagedThreadId);
        });
        Assert.Equal(outer, inner);
        Assert.NotEqual(outer, larger);
    }

    [Fact]
    public void StateFollows()
    {
        var local = new AsyncLocal<int> { Value = 5 };
        var before = NativeCalls.OfThisThread;
        var threads = torch.get_num_threads();
        torch.set_num_threads(3);
        try
        {
            DeepStack.Run(Megabyte, "work", () =>
            {
                Assert.Equal(5, local.Value);
                Assert.Equal(3, torch.get_num_threads());
                NativeCalls.Count();
            });
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        Assert.Equal(before + 1, NativeCalls.OfThisThread);
    }

    [Fact]
    public void AnInterruptWaitsForTheWork()
    {
        var (isDone, wasInterrupted) = (false, false);
        using var hasStarted = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            DeepStack.Run(Megabyte, "work", () =>
            {
                hasStarted.Set();
                Thread.Sleep(100);
                Volatile.Write(ref isDone, true);
            });
            try
            {
                Assert.True(Volatile.Read(ref isDone));
                Thread.Sleep(Timeout.Infinite);
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        });
        thread.Start();
        hasStarted.Wait();
        thread.Interrupt();
        thread.Join();
        Assert.True(isDone && wasInterrupted);
    }

    [Fact]
    public void TooMuchIsRefused()
    {
        var error = Assert.Throws<InsufficientExecutionStackException>(
            () => DeepStack.Run(4096 * Megabyte, "the function 'step'", () => { }));
        Assert.Contains("the function 'step' would take 4128 MB of stack", error.Message, StringComparison.Ordinal);
    }
}
