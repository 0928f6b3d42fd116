using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy.Fuzz;

/// <summary>
/// Two threads that go for the same tensors at the same moment, again and again. Two that give them away: one must win, and the other lose
/// nothing. One that gives them away and one that reads: the reader sees the old values, or none.
/// </summary>
internal sealed class Duel(Func<long, bool> goOn, int seed) : IDisposable
{
    // So many that taking them takes a while, in which the other begins at the other end.
    private const int Tensors = 48;

    // About a microsecond: what the two do first.
    private const int LongestSpin = 60;

    private const int MostSpins = 20_000;

    private static readonly Backend[] s_backends = [Backend.TorchScript, Backend.VectorCode, Backend.Interpreter];

    private readonly JitFunction<Arguments<Tensor, Tensor[]>, (Tensor, Tensor[])>[] _takeAll =
        [.. s_backends.Select(backend => Jit.Compile(
            (Tensor own, Tensor[] all) => (own + 1, Array.ConvertAll(all, a => a + 1)), donate: [0, 1], backend: backend,
            name: "take all"))];

    private readonly JitFunction<Arguments<Tensor>, Tensor>[] _step =
        [.. s_backends.Select(backend => Jit.Compile((Tensor a) => a + 1, donate: [0], backend: backend, name: "step"))];

    private readonly Barrier _barrier = new(2);
    private readonly bool[] _hasWon = new bool[2];
    private Tensor[] _shared = [];
    private long _arrived;
    private bool _goesOn;

    /// <summary>How often a thread that gave tensors away has lost.</summary>
    public long Losses { get; private set; }

    /// <summary>How often a thread has read what the other was giving away.</summary>
    public long Reads { get; private set; }

    /// <summary>What should not have happened.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>One of the two threads.</summary>
    public void Run(int number)
    {
        var random = new Random((seed * 2) + number);
        for (var round = 0L; ; round++)
        {
            var areDonors = round % 8 == 0;
            if (number == 0)
            {
                _goesOn = goOn(round) && Problems.Count == 0;
                _shared = [.. Enumerable.Range(0, areDonors ? Tensors : 1).Select(_ => F.full([3], 1f))];
            }

            var own = F.full([4], (float)number);
            _barrier.SignalAndWait();
            if (!_goesOn)
            {
                return;
            }

            // The barrier lets one go much earlier than the other; on a busy machine perhaps much too early.
            Interlocked.Increment(ref _arrived);
            for (var i = 0; i < MostSpins && Volatile.Read(ref _arrived) < 2 * (round + 1); i++)
            {
                Thread.SpinWait(1);
            }

            Thread.SpinWait(random.Next(LongestSpin));
            var backend = (int)(round / 8 % s_backends.Length);
            try
            {
                if (areDonors)
                {
                    TakeAll(number, backend, own);
                }
                else if (number == 0)
                {
                    StressThread.Expect(2, _step[backend].Invoke(_shared[0]));
                }
                else
                {
                    Read();
                }
            }
            catch (Exception error)
            {
                Note($"{error.GetType().Name}: {error.Message}");
            }

            _barrier.SignalAndWait();
            if (number == 0 && areDonors)
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

    private void TakeAll(int number, int backend, Tensor own)
    {
        Tensor[] all = number == 0 ? _shared : [.. _shared.Reverse()];
        try
        {
            var (next, others) = _takeAll[backend].Invoke(own, all);
            _hasWon[number] = true;
            StressThread.Expect(number + 1, next);
            Array.ForEach(others, other => StressThread.Expect(2, other));
        }
        catch (DonatedTensorException)
        {
            _hasWon[number] = false;
            StressThread.Expect(number, own);
        }
    }

    private void Read()
    {
        try
        {
            StressThread.Expect(1, _shared[0]);
            Reads++;
        }
        catch (DonatedTensorException)
        {
            // The other was first.
        }
    }

    private void Note(string problem)
    {
        lock (Problems)
        {
            Problems.Add($"duel: {problem}");
        }
    }
}
