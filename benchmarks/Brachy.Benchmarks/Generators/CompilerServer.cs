using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>A compiler server of its own, which builds start when they first need it.</summary>
internal sealed class CompilerServer : IDisposable
{
    private readonly string _id = "brachy-" + Guid.NewGuid().ToString("N");

    /// <summary>The seconds of processor time that it has taken; 0 before it is started.</summary>
    public double Seconds => Processes().Sum(ProcessorTime.Of);

    /// <summary>What tells a build to use it, or none.</summary>
    public static string Option(CompilerServer? server) =>
        server is null ? "-p:UseSharedCompilation=false" : $"-p:UseSharedCompilation=true;SharedCompilationId={server._id}";

    public void Dispose()
    {
        foreach (var id in Processes())
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }
    }

    private int[] Processes() =>
    [
        .. Process.GetProcesses().Select(process => process.Id).Where(id =>
        {
            try
            {
                return File.ReadAllText($"/proc/{id}/cmdline").Contains($"-pipename:{_id}", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
                return false;
            }
        }),
    ];
}
