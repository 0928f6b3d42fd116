namespace Brachy.Fuzz;

/// <summary>Two threads that give away the same tensors, each with one of its own, again and again: one of the two must win, and the other lose nothing.</summary>
internal sealed class DonorDuel(Func<long, bool> goOn) : IDisposable
{
    private static readonly Backend[] Backends = [Backend.TorchScript, Backend.VectorCode, Backend.Interpreter];

    private readonly JitFunction<Arguments<Tensor, Tensor, Tensor>, (Tensor, Tensor, Tensor)>[] _calls =
        [.. Backends.Select(backend => Jit.Compile((Tensor own, Tensor a, Tensor b) => (own + 1, a + 1, b + 1), donate: [0, 1, 2], backend: backend, name: "duel"))];

    private readonly Barrier _barrier = new(2);
    private readonly Tensor[] _shared = new Tensor[2];
    private readonly bool[] _hasWon = new bool[2];
    private bool _goesOn;

    /// <summary>How often a thread has lost.</summary>
    public long Losses { get; private set; }

    /// <summary>What should not have happened.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>One of the two threads.</summary>
    public void Run(int number)
    {
        for (var round = 0; ; round++)
        {
            if (number == 0)
            {
                _goesOn = goOn(round) && Problems.Count == 0;
                (_shared[0], _shared[1]) = (F.full([round % 2 == 0 ? 8 : 5000], 1f), F.full([3], 2f));
            }

            _barrier.SignalAndWait();
            if (!_goesOn)
            {
                return;
            }

            var own = F.full([4], (float)number);
            try
            {
                var (next, a, b) = _calls[round % _calls.Length].Invoke(own, _shared[number], _shared[1 - number]);
                _hasWon[number] = true;
                StressThread.Expect(number + 1, next);
                StressThread.Expect(number == 0 ? 2 : 3, a);
                StressThread.Expect(number == 0 ? 3 : 2, b);
            }
            catch (DonatedTensorException)
            {
                _hasWon[number] = false;
                try
                {
                    StressThread.Expect(number, own);
                }
                catch (Exception error)
                {
                    Note($"The loser's own tensor: {error.Message}");
                }
            }
            catch (Exception error)
            {
                Note($"{error.GetType().Name}: {error.Message}");
            }

            _barrier.SignalAndWait();
            if (number == 0)
            {
                Losses++;
                if (_hasWon[0] == _hasWon[1])
                {
                    Note(_hasWon[0] ? "both threads gave the same tensors away" : "both threads lost");
                }
            }
        }
    }

    public void Dispose() => _barrier.Dispose();

    private void Note(string problem)
    {
        lock (Problems)
        {
            Problems.Add($"two donors: {problem}");
        }
    }
}
