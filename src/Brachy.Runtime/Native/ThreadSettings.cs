namespace Brachy.Native;

/// <summary>
/// How many threads libtorch uses, and how long they spin when they wait for each other. By default GNU OpenMP's spin for some
/// milliseconds: where other programs use the cores, each parallel kernel then waits for a thread that is not running, and a step takes a
/// hundred times as long. And there is one for each core, though a container may use fewer. Both are read from the C environment when
/// libgomp is loaded, with libtorch.
/// </summary>
internal static class ThreadSettings
{
    public const string SpinVariable = "GOMP_SPINCOUNT";
    public const string WaitVariable = "OMP_WAIT_POLICY";
    public const string CountVariable = "OMP_NUM_THREADS";
    public const string CountVariableOfMkl = "MKL_NUM_THREADS";

    // About 100 µs: longer than most gaps between the parallel kernels of a graph, those of a step of a recurrent layer too, and short
    // beside a time slice of the scheduler.
    public const string Spins = "4000";

    /// <summary>What to set before libgomp is loaded.</summary>
    /// <param name="given">Reads a variable that the user may have set.</param>
    /// <param name="processors">
    /// How many processors .NET may use: by affinity, by a container's limit, and by <c>DOTNET_PROCESSOR_COUNT</c>.
    /// </param>
    /// <param name="threads">How many threads OpenMP would use: by affinity alone.</param>
    public static IReadOnlyList<(string Name, string Value)> Choose(Func<string, string?> given, int processors, int threads)
    {
        var settings = new List<(string, string)>();
        if (IsFree(SpinVariable) && IsFree(WaitVariable))
        {
            settings.Add((SpinVariable, Spins));
        }

        if (processors < threads && IsFree(CountVariable) && IsFree(CountVariableOfMkl))
        {
            settings.Add((CountVariable, $"{processors}"));
        }

        return settings;

        bool IsFree(string name) => string.IsNullOrEmpty(given(name));
    }

    /// <summary>
    /// The rest of it when libtorch has been loaded: no more threads than .NET may use, unless the user asked for a number.
    /// </summary>
    public static void LimitCount()
    {
        var (processors, threads) = (Environment.ProcessorCount, TorchNative.GetThreadCount());
        if (processors < threads
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(CountVariable))
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(CountVariableOfMkl)))
        {
            TorchNative.SetThreadCount(processors);
            NativeRuntime.Log("threads", $"{processors} instead of {threads}, as many as .NET may use");
        }
    }

    /// <summary>How many processors the system lets this process run on: what OpenMP counts.</summary>
    public static int AllowedProcessors()
    {
        const string Name = "Cpus_allowed_list:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        return line is null ? int.MaxValue : CountList(line[Name.Length..]);
    }

    /// <summary>How many numbers a list such as <c>0-3,8</c> has.</summary>
    public static int CountList(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Sum(part =>
            part.Split('-') is [var first, var last] ? int.Parse(last, null) - int.Parse(first, null) + 1 : 1);
}
