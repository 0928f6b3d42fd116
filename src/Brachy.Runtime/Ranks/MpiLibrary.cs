using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>Whose library it is: ranks find each other only through one of the launcher's maker.</summary>
internal enum MpiMaker
{
    /// <summary>Open MPI and what is built on it.</summary>
    OpenMpi,

    /// <summary>MPICH, Intel MPI, MVAPICH, Cray MPICH, MS-MPI.</summary>
    Mpich,

    /// <summary>Nobody that is known here.</summary>
    Unknown,
}

/// <summary>An MPI library, found and loaded.</summary>
/// <param name="Handle">What <see cref="NativeLibrary"/> calls it.</param>
/// <param name="Name">The name or path that it was loaded by.</param>
/// <param name="Interface">What its handles are.</param>
/// <param name="Maker">Whose it is.</param>
/// <param name="Version">What it says about itself, one line.</param>
internal sealed unsafe record MpiLibrary(nint Handle, string Name, MpiInterface Interface, MpiMaker Maker, string Version)
{
    /// <summary>Names a library, by path or file name, or is <c>none</c> for a program that is alone.</summary>
    public const string Variable = "BRACHY_MPI";

    private static readonly string[] s_standard = ["libmpi_abi.so.0", "libmpi_abi.so"];
    private static readonly string[] s_openMpi = ["libmpi.so.40", "libmpi.so.80", "libmpi.so"];
    private static readonly string[] s_mpich = ["libmpich.so.12", "libmpi.so.12", "libmpich.so", "libmpi.so"];

    /// <summary>What to try, the best first.</summary>
    public static IReadOnlyList<string> Candidates(LauncherKind launcher)
    {
        if (OperatingSystem.IsWindows())
        {
            return ["msmpi.dll", "impi.dll"];
        }

        string[] names = launcher switch
        {
            LauncherKind.OpenMpi => [.. s_standard, .. s_openMpi],
            LauncherKind.Hydra => [.. s_standard, .. s_mpich],
            _ => [.. s_standard, .. s_openMpi, .. s_mpich],
        };
        return OperatingSystem.IsMacOS() ? [.. names.Select(NameOnMac).Distinct()] : [.. names.Distinct()];
    }

    /// <summary>Loads the library that fits a launcher.</summary>
    /// <param name="launcher">Who started this process.</param>
    /// <param name="given">The library that the user named, or null.</param>
    /// <exception cref="RankException">There is none, or only such as do not fit.</exception>
    public static MpiLibrary Load(Launcher launcher, string? given)
    {
        var others = new List<MpiLibrary>();
        var failures = new List<string>();
        var names = string.IsNullOrEmpty(given) ? Candidates(launcher.Kind) : [given];
        foreach (var name in names)
        {
            nint handle;
            try
            {
                handle = NativeLibrary.Load(name);
            }
            catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
            {
                failures.Add(failure.Message);
                continue;
            }

            if (Identify(handle, name) is not { } library)
            {
                failures.Add($"{name} exports no MPI_Get_library_version, so it is no library of MPI 3 or later.");
            }
            else if (launcher.Fits(library.Maker))
            {
                library.ShareSymbols();
                return library;
            }
            else
            {
                others.Add(library);
            }

            NativeLibrary.Free(handle);
        }

        throw others is [var other, ..]
            ? Wrong(launcher, other, given)
            : Missing(launcher, names, given, failures);
    }

    /// <summary>Its functions.</summary>
    public MpiFunctions Functions() => new(Handle, Name);

    /// <summary>Its constants.</summary>
    public MpiHandles Handles() => MpiHandles.Of(Interface, Handle);

    public override string ToString() => $"{Version} ({Name})";

    /// <summary>Whose library it is, by what it says about itself.</summary>
    public static MpiMaker MakerOf(string version) =>
        version.Contains("Open MPI", StringComparison.OrdinalIgnoreCase) || version.Contains("Spectrum MPI", StringComparison.Ordinal)
            ? MpiMaker.OpenMpi
            : s_kin.Any(name => version.Contains(name, StringComparison.OrdinalIgnoreCase)) ? MpiMaker.Mpich : MpiMaker.Unknown;

    private static readonly string[] s_kin = ["MPICH", "Intel(R) MPI", "MVAPICH", "Microsoft MPI", "ParaStation"];

    private static MpiLibrary? Identify(nint handle, string name)
    {
        if (!NativeLibrary.TryGetExport(handle, "MPI_Get_library_version", out var function))
        {
            return null;
        }

        // MPI_MAX_LIBRARY_VERSION_STRING is 8192 at most. The function may be called before MPI is initialised.
        var text = stackalloc byte[8192 + 1];
        int length;
        ((delegate* unmanaged<byte*, int*, int>)function)(text, &length);
        var version = FirstLine(Marshal.PtrToStringUTF8((nint)text) ?? "");
        var maker = MakerOf(version);

        // A library of the standard's interface may lean on Open MPI's own, whose symbols are then found through it.
        var kind = Path.GetFileName(name).Contains("mpi_abi", StringComparison.Ordinal) ? MpiInterface.Standard
            : NativeLibrary.TryGetExport(handle, "ompi_mpi_comm_world", out _) ? MpiInterface.OpenMpi
            : MpiInterface.Mpich;
        return new(handle, name, kind, maker, version);
    }

    /// <summary>Plugins of Open MPI look for symbols of the library among those of the whole process.</summary>
    private void ShareSymbols()
    {
        const int Now = 2;
        const int NoLoad = 4;
        const int Global = 0x100;
        if (OperatingSystem.IsLinux()
            && NativeLibrary.TryLoad("libc.so.6", out var system)
            && NativeLibrary.TryGetExport(system, "dlopen", out var open))
        {
            var name = Marshal.StringToCoTaskMemUTF8(Name);
            ((delegate* unmanaged<nint, int, nint>)open)(name, Now | NoLoad | Global);
            Marshal.FreeCoTaskMem(name);
        }
    }

    private static RankException Wrong(Launcher launcher, MpiLibrary library, string? given) => new(
        $"{launcher} started this process, but {(string.IsNullOrEmpty(given) ? "the MPI library found" : $"the library of {Variable}")} is "
        + $"{library}, through which its ranks cannot find each other. Start the program with the launcher of that library, or let "
        + $"{Variable} name {(launcher.Kind == LauncherKind.OpenMpi ? "Open MPI's libmpi.so" : "MPICH's libmpich.so or libmpi.so.12")}.");

    private static RankException Missing(Launcher launcher, IReadOnlyList<string> names, string? given, List<string> failures)
    {
        if (!string.IsNullOrEmpty(given))
        {
            return new($"{launcher} started this process, but the MPI library that {Variable} names cannot be used: {failures[0]}");
        }

        var remedy = OperatingSystem.IsWindows() ? "Install Microsoft MPI (untested)"
            : OperatingSystem.IsMacOS() ? "Install Open MPI or MPICH (untested)"
            : launcher.Kind == LauncherKind.Hydra ? "Install MPICH (Debian: libmpich12)"
            : "Install Open MPI (Debian: openmpi-bin)";
        return new(
            $"{launcher} started this process as one of several ranks, but no MPI library was found (tried {string.Join(", ", names)}). "
            + $"{remedy}, add its folder to the search path of libraries, or let the variable {Variable} name the file.");
    }

    private static string NameOnMac(string name) =>
        name.Split(".so") is [var stem, ['.', .. var number]] ? $"{stem}.{number}.dylib" : $"{name.Split(".so")[0]}.dylib";

    private static string FirstLine(string text) =>
        string.Join(' ', text.Split('\n')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Split(", package")[0];
}
