using Brachy.CompilerServices;

namespace Brachy.Fuzz;

/// <summary>
/// Threads that make the same call at once, each in another mode, while its tensors are freed and given away under their hands.
/// </summary>
internal sealed class FuzzTeam : IDisposable
{
    private readonly Barrier _barrier;
    private readonly Thread[] _threads;
    private readonly string?[] _problems;
    private readonly JitFunction<Arguments<Tensor>, Tensor> _takeOver = Jit.Compile((Tensor x) => x, donate: [0], name: "another call");
    private FuzzCase? _case;

    public FuzzTeam(int threads)
    {
        _barrier = new(threads + 1);
        _problems = new string?[threads];
        _threads = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => Work(i)))];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Makes the call on all threads.</summary>
    /// <param name="test">The call; its tensors are used up.</param>
    /// <param name="random">Decides what happens to the tensors, and when.</param>
    /// <returns>What went wrong, or null.</returns>
    public string? Run(FuzzCase test, Random random)
    {
        _case = test;
        var tensors = test.Tensors;
        _barrier.SignalAndWait();
        foreach (var tensor in tensors.Where(_ => random.Next(4) > 0))
        {
            Thread.SpinWait(random.Next(4000));
            if (random.Next(2) == 0)
            {
                tensor.Dispose();
                continue;
            }

            try
            {
                _ = _takeOver.Invoke(tensor);
            }
            catch (Exception error) when (error is DonatedTensorException or ObjectDisposedException)
            {
                // The same tensor stands for two arguments.
            }
        }

        if (random.Next(64) == 0)
        {
            GC.Collect();
        }

        _barrier.SignalAndWait();
        return Array.Find(_problems, problem => problem is not null);
    }

    public void Dispose()
    {
        _case = null;
        _barrier.SignalAndWait();
        Array.ForEach(_threads, thread => thread.Join());
        _barrier.Dispose();
    }

    private void Work(int number)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_case is not { } test)
            {
                return;
            }

            _problems[number] = test.In((FuzzMode)(((int)test.Mode + number) % 4)).Run(isDisturbed: true).Problem;
            _barrier.SignalAndWait();
        }
    }
}
