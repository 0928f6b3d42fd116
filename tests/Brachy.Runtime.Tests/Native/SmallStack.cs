using System.Runtime.ExceptionServices;

namespace Brachy.Tests.Native;

/// <summary>
/// Runs code on a thread with little stack. Where something recurses over what it is given, the process ends, and with it the test run.
/// </summary>
internal static class SmallStack
{
    public static T Run<T>(Func<T> function, int kilobytes = 256)
    {
        var result = default(T)!;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = function();
                }
                catch (Exception thrown)
                {
                    error = ExceptionDispatchInfo.Capture(thrown);
                }
            },
            kilobytes << 10);
        thread.Start();
        thread.Join();
        error?.Throw();
        return result;
    }

    public static void Run(Action action, int kilobytes = 256) => Run(
        () =>
        {
            action();
            return 0;
        },
        kilobytes);
}
