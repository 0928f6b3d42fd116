using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>
/// Whether the thread has stack left for a call of native code, or for one more level of functions in functions. A stack that is used up
/// ends the process; with this it is an error.
/// </summary>
internal static unsafe partial class StackSpace
{
    // What libtorch's kernels use, and the runtime to throw. The runtime's own limit is twice that, so that on small
    // stacks it always says no.
    private const long Needed = 56 << 10;

    private const int AttributesSize = 256;

    [ThreadStatic]
    private static nint s_limit;

    /// <summary>Whether there is enough.</summary>
    public static bool IsEnough => RuntimeHelpers.TryEnsureSufficientExecutionStack() || IsEnoughOfSmallStack();

    /// <summary>Throws unless there is enough.</summary>
    /// <param name="what">What is about to run, for messages.</param>
    /// <exception cref="InsufficientExecutionStackException">There is not.</exception>
    public static void Require(string what)
    {
        if (!IsEnough)
        {
            throw new InsufficientExecutionStackException(
                $"{what} has no stack left on this thread: functions, gradients or modules are nested too deeply, or call themselves "
                + "without end. " +
                "If the depth is meant, run on a thread with a larger stack: new Thread(work, maxStackSize).");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsEnoughOfSmallStack()
    {
        if (s_limit == 0)
        {
            s_limit = FindLimit();
        }

        byte here;
        return s_limit > 0 && (nint)(&here) - s_limit > Needed;
    }

    /// <summary>The lowest address of the thread's stack; -1 where nobody knows.</summary>
    private static nint FindLimit()
    {
        if (!OperatingSystem.IsLinux())
        {
            return -1;
        }

        // The size of a pthread_attr_t is 56 bytes with glibc and musl.
        var attributes = stackalloc byte[AttributesSize];
        if (GetAttributes(Self(), attributes) != 0)
        {
            return -1;
        }

        nint lowest;
        nuint size;
        var isKnown = GetStack(attributes, &lowest, &size) == 0;
        _ = Destroy(attributes);
        return isKnown ? lowest : -1;
    }

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint Self();

    [LibraryImport("libc", EntryPoint = "pthread_getattr_np")]
    private static partial int GetAttributes(nint thread, byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstack")]
    private static partial int GetStack(byte* attributes, nint* lowest, nuint* size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int Destroy(byte* attributes);
}
