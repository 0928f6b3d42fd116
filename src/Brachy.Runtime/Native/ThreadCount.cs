namespace Brachy.Native;

/// <summary>
/// The number of threads that native code of the calling thread uses: OpenMP's and MKL's counts, which each calling thread has of its own.
/// libtorch's function for it also writes the count of the whole process, which threads that compute for the first time from then on keep,
/// and empties oneDNN's cache; it is used only where those two cannot be found.
/// </summary>
internal static unsafe class ThreadCount
{
    private static readonly Lazy<(nint OpenMp, nint Mkl)> s_setters = new(FindSetters);

    /// <summary>The count; the first call on a thread takes that of the process over.</summary>
    public static int OfThisThread => TorchNative.GetThreadCount();

    /// <summary>Sets the count.</summary>
    /// <param name="threads">OpenMP's.</param>
    /// <param name="threadsOfMkl">MKL's, where 0 means none of its own.</param>
    /// <returns>The former one of MKL.</returns>
    public static int Set(int threads, int threadsOfMkl)
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
        OperatingSystem.IsLinux() && TorchContext.TryFind("omp_set_num_threads", out var openMp)
        && TorchContext.TryFind("MKL_Set_Num_Threads_Local", out var mkl)
            ? (openMp, mkl)
            : (0, 0);
}
