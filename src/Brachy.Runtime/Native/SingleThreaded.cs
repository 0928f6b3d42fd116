namespace Brachy.Native;

/// <summary>Runs native code of the calling thread on one thread; all other threads keep their counts.</summary>
internal readonly ref struct SingleThreaded
{
    private readonly int _previous;
    private readonly int _previousOfMkl;

    public SingleThreaded(bool isWanted)
    {
        _previous = isWanted ? ThreadCount.OfThisThread : 1;
        if (_previous > 1)
        {
            _previousOfMkl = ThreadCount.Set(1, 1);
        }
    }

    public void Dispose()
    {
        if (_previous > 1)
        {
            ThreadCount.Set(_previous, _previousOfMkl);
        }
    }
}
