using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Brachy.Tests.Shared;

namespace Brachy.Ranks.Tests;

/// <summary>
/// Two network namespaces that serve as hosts, with names of their own and a wire of 1 ms and 100 Mbit/s between them
/// (<see cref="SlowWire"/>); 100 Mbit/s alone, or as it is, where there can be none. Open MPI starts ranks on both, over TCP, with a script
/// in the place of ssh.
/// </summary>
public sealed class TwoHosts : IDisposable
{
    private const string FirstAddress = "10.99.73.1";
    private const string SecondAddress = "10.99.73.2";

    private readonly string _first = $"brachy-{Environment.ProcessId}-a";
    private readonly string _second = $"brachy-{Environment.ProcessId}-b";
    private readonly TemporaryFolder _folder = new();
    private readonly SlowWire? _wire;

    /// <summary>Makes them.</summary>
    /// <exception cref="InvalidOperationException">The system does not let us: see <see cref="Missing"/>.</exception>
    public TwoHosts()
    {
        try
        {
            var id = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            Require("ip", "netns", "add", _first);
            Require("ip", "netns", "add", _second);
            if (SlowWire.Missing is null)
            {
                _wire = new SlowWire($"bra{id}", $"brb{id}");
                Require("ip", "link", "set", $"bra{id}", "netns", _first);
                Require("ip", "link", "set", $"brb{id}", "netns", _second);
                Wire = "1 ms, 100 Mbit/s";
            }
            else
            {
                Require("ip", "link", "add", $"bra{id}", "netns", _first, "type", "veth", "peer", "name", $"brb{id}", "netns", _second);
            }

            Connect(_first, $"bra{id}", FirstAddress);
            Connect(_second, $"brb{id}", SecondAddress);
        }
        catch
        {
            Dispose();
            throw;
        }

        // Open MPI gives the host's address, and then the words of a command.
        File.WriteAllText(Agent, $"#!/bin/sh\nshift\nexec ip netns exec {_second} unshare --uts sh -c \"hostname {_second}; $*\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Agent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string Agent => _folder["agent.sh"];

    /// <summary>What the wire does.</summary>
    public string Wire { get; private set; } = "as it is";

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>Runs a case with as many ranks on each of the hosts.</summary>
    /// <param name="ranksOfEach">How many ranks each host gets.</param>
    /// <param name="caseName">The case of Brachy.Ranks.Program.</param>
    /// <param name="arguments">Its arguments.</param>
    public MpiResult Run(int ranksOfEach, string caseName, params string[] arguments)
    {
        string[] command =
        [
            "netns", "exec", _first, "unshare", "--uts", "sh", "-c", $"hostname {_first}; exec \"$@\"", "sh",
            MpiKinds.Launcher(MpiKind.OpenMpi)!, "--bind-to", "none", "--oversubscribe",
            "--host", $"{FirstAddress}:{ranksOfEach},{SecondAddress}:{ranksOfEach}", "--mca", "plm", "rsh", "--mca", "plm_rsh_agent", Agent,
            "--mca", "btl", "self,tcp", "--mca", "btl_tcp_if_include", $"{FirstAddress}/24",
            "--mca", "oob_tcp_if_include", $"{FirstAddress}/24", "-n", (2 * ranksOfEach).ToString(CultureInfo.InvariantCulture),
            .. MpiRun.Command(caseName, arguments),
        ];
        using var ranks = MpiRun.Begin("ip", command);
        return ranks.Wait(MpiRun.Limit);
    }

    public void Dispose()
    {
        // The wire goes with its ends.
        Try("ip", "netns", "del", _first);
        Try("ip", "netns", "del", _second);
        _wire?.Dispose();
        _folder.Dispose();
    }

    private void Connect(string host, string end, string address)
    {
        Require("ip", "-n", host, "addr", "add", $"{address}/24", "dev", end);
        Require("ip", "-n", host, "link", "set", end, "up");
        Require("ip", "-n", host, "link", "set", "lo", "up");
        const string Slow = "tbf rate 100mbit burst 256kb latency 100ms";
        if (_wire is null && Try("tc", ["-n", host, "qdisc", "add", "dev", end, "root", .. Slow.Split(' ')]) is null)
        {
            Wire = "100 Mbit/s";
        }
    }

    private static string? FindMissing()
    {
        if (!OperatingSystem.IsLinux() || MpiKinds.Missing(MpiKind.OpenMpi) is not null)
        {
            return $"Network namespaces need Linux, and {MpiKinds.Missing(MpiKind.OpenMpi)}";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "Only root makes network namespaces.";
        }

        if (Try("unshare", "--uts", "hostname", "brachy") is { } failure)
        {
            return $"There can be no host of another name here: {failure}";
        }

        try
        {
            using var hosts = new TwoHosts();
            return null;
        }
        catch (Exception reason) when (reason is InvalidOperationException or IOException)
        {
            return $"There can be no network namespaces here: {reason.Message}";
        }
    }

    private static void Require(string program, params string[] arguments)
    {
        if (Try(program, arguments) is { } failure)
        {
            throw new InvalidOperationException(failure);
        }
    }

    /// <summary>Runs a program.</summary>
    /// <returns>What it complains about, or null.</returns>
    private static string? Try(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program} {string.Join(' ', arguments)}: {error.Trim()} {output.Result.Trim()}";
        }
        catch (Win32Exception failure)
        {
            return $"{program}: {failure.Message}";
        }
    }
}

/// <summary>A test on two hosts, which is skipped, with the reason, where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TwoHostsFactAttribute : FactAttribute
{
    public TwoHostsFactAttribute() => Skip = TwoHosts.Missing;
}
