using System.Runtime.ExceptionServices;

namespace Brachy.Native;

/// <summary>
/// Runs work that recurses over the length of a program, as libtorch does while it compiles and optimises one, on a thread with stack
/// enough. The caller waits, so that its locks and everything on its own stack stay as they are.
/// </summary>
internal static class DeepStack
{
    // What any compilation may use beside what grows with the program. Memory that is not touched costs nothing.
    private const long Base = 32L << 20;

    // The runtime counts a stack's bytes in 31 bits.
    private const long Limit = 2000L << 20;

    [ThreadStatic]
    private static long s_own;

    /// <summary>Runs work here, if this thread was started for work of that size, or on a thread of its own.</summary>
    /// <param name="bytes">What the work uses of the stack for the length of its program, at most.</param>
    /// <param name="what">The program, for messages.</param>
    /// <param name="work">The work. It sees the caller's <see cref="ExecutionContext"/>, and none of its thread-bound state.</param>
    /// <exception cref="InsufficientExecutionStackException">No thread can have so much.</exception>
    public static void Run(long bytes, string what, Action work)
    {
        if (s_own >= Base + bytes)
        {
            work();
            return;
        }

        if (bytes > Limit - Base)
        {
            throw new InsufficientExecutionStackException(
                $"{what} would take {(Base + bytes) >> 20} MB of stack to compile, and a thread has {Limit >> 20} MB at most. " +
                "Compile it in parts: several jitted functions that call each other's results, or a jitted body that a loop calls.");
        }

        ExceptionDispatchInfo? error = null;
        var calls = 0L;
        var memory = FreedMemory.Mark();
        var threads = ThreadCount.OfThisThread;
        var thread = new Thread(Work, (int)(Base + bytes)) { IsBackground = true, Name = "Brachy compiler" };
        try
        {
            thread.Start();
        }
        catch (OutOfMemoryException cause)
        {
            throw new InsufficientExecutionStackException(
                $"{what} takes {(Base + bytes) >> 20} MB of stack to compile, and the system has no such thread to give.", cause);
        }

        Await(thread);
        memory.GiveBackIfGrown();
        NativeCalls.Add(calls);
        error?.Throw();

        void Work()
        {
            s_own = Base + bytes;
            try
            {
                // libtorch keeps the count for each thread, and new ones take that which any thread has set last.
                if (ThreadCount.OfThisThread != threads)
                {
                    ThreadCount.Set(threads, threads);
                }

                work();
            }
            catch (Exception thrown)
            {
                error = ExceptionDispatchInfo.Capture(thrown);
            }

            calls = NativeCalls.OfThisThread;
        }
    }

    /// <summary>Waits whatever happens: the work may use what lies on this stack.</summary>
    private static void Await(Thread thread)
    {
        var wasInterrupted = false;
        while (true)
        {
            try
            {
                thread.Join();
                break;
            }
            catch (ThreadInterruptedException)
            {
                wasInterrupted = true;
            }
        }

        if (wasInterrupted)
        {
            Thread.CurrentThread.Interrupt();
        }
    }
}
