using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Brachy.Ranks.Tests;

/// <summary>
/// A wire of 1 ms and 100 Mbit/s between two network devices that this process makes (TUN): for kernels whose own devices cannot be slow
/// (netem). Packets that would wait for more than 100 ms are lost.
/// </summary>
public sealed unsafe class SlowWire : IDisposable
{
    /// <summary>How long a packet is on its way.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(1);

    private const double BytesPerSecond = 100e6 / 8;
    private const string Device = "/dev/net/tun";
    private const int LongestPacket = 1 << 16;

    // From linux/if_tun.h: packets of IP, as they are.
    private const nuint SetInterface = 0x400454CA;
    private const short TunWithoutHeader = 0x1001;
    private const int NameLength = 16;
    private const int RequestLength = 40;

    private readonly SafeFileHandle[] _ends;
    private volatile bool _isCut;

    /// <summary>Makes the devices, which then may be moved to where they belong.</summary>
    /// <param name="names">Their names.</param>
    /// <exception cref="IOException">The system has no such devices.</exception>
    public SlowWire(params string[] names)
    {
        _ends = Array.ConvertAll(names, Open);
        for (var i = 0; i < 2; i++)
        {
            Carry(_ends[i], _ends[1 - i]);
        }
    }

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Missing => File.Exists(Device) ? null : $"there is no {Device}";

    public void Dispose()
    {
        _isCut = true;
        Array.ForEach(_ends, end => end.Dispose());
    }

    private static SafeFileHandle Open(string name)
    {
        var end = File.OpenHandle(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = stackalloc byte[RequestLength];
        new Span<byte>(request, RequestLength).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, NameLength - 1));
        *(short*)(request + NameLength) = TunWithoutHeader;
        return ioctl(end, SetInterface, request) == 0 ? end
            : throw new IOException($"The system makes no network device {name}: error {Marshal.GetLastPInvokeError()}.");
    }

    private void Carry(SafeFileHandle from, SafeFileHandle to)
    {
        var packets = new BlockingCollection<(long Due, byte[] Packet)>();
        Start(() => Receive(from, packets));
        Start(() => Deliver(packets, to));
    }

    private void Start(Action action) => new Thread(() =>
    {
        try
        {
            action();
        }
        catch (ObjectDisposedException) when (_isCut)
        {
            // The wire is cut.
        }
    })
    { IsBackground = true }.Start();

    private void Receive(SafeFileHandle from, BlockingCollection<(long Due, byte[] Packet)> packets)
    {
        var buffer = new byte[LongestPacket];
        var free = 0L;
        while (!_isCut)
        {
            var length = Read(from, buffer);
            var now = Stopwatch.GetTimestamp();
            if (length > 0 && Stopwatch.GetElapsedTime(now, Math.Max(now, free)) < TimeSpan.FromMilliseconds(100))
            {
                free = Math.Max(free, now) + (long)(length / BytesPerSecond * Stopwatch.Frequency);
                packets.Add((free + (long)(Delay.TotalSeconds * Stopwatch.Frequency), buffer[..length]));
            }
        }
    }

    /// <summary>A device that is not up yet, or has gone, has no packets.</summary>
    private static int Read(SafeFileHandle from, byte[] buffer)
    {
        fixed (byte* start = buffer)
        {
            var length = read(from, start, (nuint)buffer.Length);
            if (length < 0)
            {
                Thread.Sleep(10);
            }

            return (int)Math.Max(length, 0);
        }
    }

    private void Deliver(BlockingCollection<(long Due, byte[] Packet)> packets, SafeFileHandle to)
    {
        while (!_isCut)
        {
            var (due, packet) = packets.Take();
            while (Stopwatch.GetTimestamp() < due)
            {
                Thread.Sleep(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) > Delay ? 1 : 0);
            }

            // A device that is not up loses packets.
            fixed (byte* start = packet)
            {
                _ = write(to, start, (nuint)packet.Length);
            }
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ioctl(SafeFileHandle file, nuint request, void* argument);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint read(SafeFileHandle file, byte* memory, nuint length);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint write(SafeFileHandle file, byte* memory, nuint length);
}
