namespace Brachy.Native;

/// <summary>
/// Runs native code of the calling thread on one thread. Sets OpenMP's and MKL's counts, which each calling thread has of its own. libtorch's function
/// for it also writes the count of the whole process, which threads that compute for the first time meanwhile would keep, and empties
/// oneDNN's cache; it is used only where those two cannot be found.
/// </summary>
internal readonly unsafe ref struct SingleThreaded
{
    private static readonly Lazy<(nint OpenMp, nint Mkl)> s_setters = new(FindSetters);

    private readonly int _previous;
    private readonly int _previousOfMkl;

    public SingleThreaded(bool isWanted)
    {
        // The first call on a thread takes the process's count over.
        _previous = isWanted ? TorchNative.GetThreadCount() : 1;
        if (_previous > 1)
        {
            _previousOfMkl = Set(1, 1);
        }
    }

    public void Dispose()
    {
        if (_previous > 1)
        {
            Set(_previous, _previousOfMkl);
        }
    }

    /// <summary>Sets the counts and returns the former one of MKL, where 0 means none of its own.</summary>
    private static int Set(int threads, int threadsOfMkl)
    {
        var (openMp, mkl) = s_setters.Value;
        if (openMp == 0)
        {
            TorchNative.SetThreadCount(threads);
            return 0;
        }

        ((delegate* unmanaged[Cdecl]<int, void>)openMp)(threads);
        return ((delegate* unmanaged[Cdecl]<int, int>)mkl)(threadsOfMkl);
    }

    // libgomp's function is found through the library that needs it.
    private static (nint OpenMp, nint Mkl) FindSetters() =>
        OperatingSystem.IsLinux() && TorchContext.TryFind("omp_set_num_threads", out var openMp) && TorchContext.TryFind("MKL_Set_Num_Threads_Local", out var mkl)
            ? (openMp, mkl)
            : (0, 0);
}
