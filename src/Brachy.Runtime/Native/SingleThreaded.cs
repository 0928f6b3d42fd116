namespace Brachy.Native;

/// <summary>Runs native code of the calling thread on one thread. libtorch keeps the count for each calling thread.</summary>
internal readonly ref struct SingleThreaded
{
    private readonly int _previous;

    public SingleThreaded(bool isWanted)
    {
        _previous = isWanted ? TorchNative.GetThreadCount() : 1;
        if (_previous > 1)
        {
            TorchNative.SetThreadCount(1);
        }
    }

    public void Dispose()
    {
        if (_previous > 1)
        {
            TorchNative.SetThreadCount(_previous);
        }
    }
}
