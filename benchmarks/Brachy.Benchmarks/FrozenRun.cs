using System.Diagnostics;
using Brachy.Inference;

namespace Brachy.Benchmarks;

/// <summary>A frozen model, ready to be timed.</summary>
internal sealed class FrozenRun
{
    private readonly FrozenSession _session;
    private readonly double _loading;
    private readonly long _bytes;

    private FrozenRun(FrozenSession session, double loading, long bytes) => (_session, _loading, _bytes) = (session, loading, bytes);

    /// <summary>Freezes a model and loads it.</summary>
    /// <param name="write">Writes the file.</param>
    /// <param name="threads">The threads of a call.</param>
    public static FrozenRun Of(Action<Stream> write, int threads)
    {
        using var file = new MemoryStream();
        write(file);
        file.Position = 0;
        var clock = Stopwatch.StartNew();
        var session = FrozenModel.Load(file, new() { Threads = threads }).Session();
        session.Run();
        return new(session, clock.Elapsed.TotalMilliseconds, file.Length);
    }

    /// <summary>Gives an input, once for all runs.</summary>
    public void Set(int input, Tensor value)
    {
        if (value.dtype == DType.Int64)
        {
            value.reshape(-1).ToArray<long>().CopyTo(_session.Input<long>(input));
        }
        else
        {
            value.reshape(-1).ToArray<float>().CopyTo(_session.Input<float>(input));
        }
    }

    public void Run() => _session.Run();

    /// <summary>How large the file is, and how long loading it and the first answer took.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"; {_bytes / 1e6:F0} MB, loaded and answered first in {_loading:F0} ms");
}
