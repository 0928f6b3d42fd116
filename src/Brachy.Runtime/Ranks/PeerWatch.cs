using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>
/// Notices that the process of another rank on this machine is gone, though it has not said that it ends: it was killed, or crashed. Some
/// launchers name a process then, and no rank; others, such as Slurm's by default, let the rest wait. Linux 5.3 and later.
/// </summary>
internal sealed unsafe class PeerWatch
{
    private const nint PidfdOpen = 434;
    private const short Readable = 1;

    private readonly (int Rank, int Process)[] _peers;
    private readonly Action<int, int> _gone;
    private readonly delegate* unmanaged<nint, nint, nint, nint> _call;
    private readonly delegate* unmanaged<Waited*, nuint, int, int> _poll;

    private PeerWatch((int Rank, int Process)[] peers, Action<int, int> gone, nint call, nint poll)
    {
        (_peers, _gone) = (peers, gone);
        _call = (delegate* unmanaged<nint, nint, nint, nint>)call;
        _poll = (delegate* unmanaged<Waited*, nuint, int, int>)poll;
    }

    /// <summary>What tells processes of one machine from those of others: a container has numbers of its own.</summary>
    public static string Numbering
    {
        get
        {
            try
            {
                return OperatingSystem.IsLinux() ? File.ResolveLinkTarget("/proc/self/ns/pid", false)?.Name ?? "" : "";
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }

    /// <summary>Begins to watch, where the system can.</summary>
    /// <param name="peers">The other ranks of this machine, and their processes.</param>
    /// <param name="gone">Called with the rank and process that is gone, once.</param>
    public static void Begin((int Rank, int Process)[] peers, Action<int, int> gone)
    {
        if (peers.Length > 0 && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var system)
            && NativeLibrary.TryGetExport(system, "syscall", out var call) && NativeLibrary.TryGetExport(system, "poll", out var poll))
        {
            var watch = new PeerWatch(peers, gone, call, poll);
            new Thread(watch.Run, 64 << 10) { IsBackground = true, Name = "Brachy ranks" }.Start();
        }
    }

    private void Run()
    {
        var waited = (Waited*)NativeMemory.AllocZeroed((nuint)_peers.Length, (nuint)sizeof(Waited));
        for (var i = 0; i < _peers.Length; i++)
        {
            // Negative ones, of a system that cannot or a process that is gone already, are passed over.
            waited[i] = new Waited { File = (int)_call(PidfdOpen, _peers[i].Process, 0), Events = Readable };
        }

        // Interrupted by a signal, it is below 0.
        int count;
        do
        {
            count = _poll(waited, (nuint)_peers.Length, -1);
        }
        while (count < 0);
        for (var i = 0; i < _peers.Length; i++)
        {
            if (waited[i].Happened != 0)
            {
                _gone(_peers[i].Rank, _peers[i].Process);
                return;
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Waited
    {
        public int File;
        public short Events;
        public short Happened;
    }
}
