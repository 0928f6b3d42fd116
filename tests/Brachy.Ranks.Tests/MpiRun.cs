using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Brachy.Ranks.Tests;

/// <summary>What came of a case of Brachy.Ranks.Program.</summary>
/// <param name="ExitCode">The launcher's.</param>
/// <param name="Output">What all ranks wrote to standard output.</param>
/// <param name="Error">What they, and the launcher, wrote to standard error.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record MpiResult(int ExitCode, string Output, string Error, TimeSpan Elapsed)
{
    /// <summary>The lines of the output, in the order of their text: ranks write in any.</summary>
    public IReadOnlyList<string> Lines => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    /// <summary>Fails where the program did.</summary>
    public MpiResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}:\n{this}");
        return this;
    }

    public override string ToString() => $"exit code {ExitCode} after {Elapsed.TotalSeconds:F1} s\n{Output}\n{Error}";
}

/// <summary>Runs cases of Brachy.Ranks.Program as ranks, and ends them when they take too long.</summary>
public static class MpiRun
{
    /// <summary>How long a run may take by default.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>The program whose cases are run.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Brachy.Ranks.Program.dll");

    /// <summary>What runs programs.</summary>
    public static string Dotnet { get; } =
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <summary>Runs a case, and waits for it.</summary>
    /// <param name="kind">The MPI.</param>
    /// <param name="ranks">How many ranks.</param>
    /// <param name="caseName">The name of the case, and <paramref name="arguments"/> for it.</param>
    /// <param name="arguments">Arguments for the case.</param>
    /// <param name="environment">Variables for all ranks, or null.</param>
    /// <param name="limit">How long it may take, or null for <see cref="Limit"/>.</param>
    public static MpiResult Start(
        MpiKind kind, int ranks, string caseName, string[]? arguments = null, Dictionary<string, string>? environment = null,
        TimeSpan? limit = null)
    {
        using var running = Begin(kind, ranks, caseName, arguments, environment);
        return running.Wait(limit ?? Limit);
    }

    /// <summary>Runs a case as a process that no launcher started.</summary>
    public static MpiResult Alone(string caseName, string[]? arguments = null, Dictionary<string, string>? environment = null)
    {
        using var running = Begin(Dotnet, Command(caseName, arguments)[1..], environment);
        return running.Wait(Limit);
    }

    /// <summary>Starts a case.</summary>
    public static RunningRanks Begin(
        MpiKind kind, int ranks, string caseName, string[]? arguments = null, Dictionary<string, string>? environment = null) =>
        Begin(kind, ranks, [], Command(caseName, arguments), environment);

    /// <summary>The words of the command that runs a case as one process.</summary>
    public static string[] Command(string caseName, string[]? arguments = null) => [Dotnet, Program, caseName, .. arguments ?? []];

    /// <summary>Starts any program, such as a launcher in surroundings of its own, with the variables that ranks get.</summary>
    public static RunningRanks Begin(string program, string[] arguments, Dictionary<string, string>? environment = null) =>
        new(Describe(program, arguments, environment));

    /// <summary>Starts a program with options of the launcher.</summary>
    public static RunningRanks Begin(
        MpiKind kind, int ranks, string[] options, string[] program, Dictionary<string, string>? environment)
    {
        string[] own = kind == MpiKind.OpenMpi ? ["--oversubscribe", "--bind-to", "none"] : [];
        return new(Describe(
            MpiKinds.Launcher(kind)!, [.. own, .. options, "-n", ranks.ToString(CultureInfo.InvariantCulture), .. program], environment));
    }

    private static ProcessStartInfo Describe(string program, string[] arguments, Dictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in s_environment)
        {
            start.Environment[name] = value;
        }

        // What this process was started with is not the program's.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("BRACHY_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return start;
    }

    // In a container, as root: no other machines, no memory of other processes, no terminal.
    private static readonly Dictionary<string, string> s_environment = new()
    {
        ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
        ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
        ["OMPI_MCA_btl"] = "^openib,tcp",
        ["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none",
        ["OMPI_MCA_btl_base_warn_component_unused"] = "0",
        ["PRTE_ALLOW_RUN_AS_ROOT"] = "1",
        ["PRTE_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
        ["TERM"] = "dumb",
        ["OMP_NUM_THREADS"] = "1",
    };
}

/// <summary>Ranks that were started.</summary>
public sealed class RunningRanks : IDisposable
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    internal RunningRanks(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The launcher's process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What the ranks wrote until now.</summary>
    public string Output => Text(_output);

    /// <summary>Waits until the ranks wrote what is looked for.</summary>
    public void WaitFor(Func<string, bool> isThere)
    {
        while (!isThere(Output))
        {
            Assert.False(_process.HasExited || _watch.Elapsed > MpiRun.Limit, $"The ranks wrote only this:\n{Output}\n{Text(_error)}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits until all have ended.</summary>
    public MpiResult Wait(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"The ranks have not ended within {limit.TotalSeconds} s:\n{Output}\n{Text(_error)}");
        }

        _process.WaitForExit();
        return new(_process.ExitCode, Output, Text(_error), _watch.Elapsed);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
