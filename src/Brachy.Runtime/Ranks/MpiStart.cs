using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>Loads and starts MPI.</summary>
internal static unsafe class MpiStart
{
    private const int NameLength = 1024;

    /// <summary>The communicator of all ranks that the launcher started.</summary>
    /// <param name="launcher">Who started this process.</param>
    /// <param name="given">The library that the user named, or null.</param>
    /// <exception cref="RankException">It cannot be started; the message says why.</exception>
    public static Communicator Start(Launcher launcher, string? given)
    {
        using var handlers = SignalHandlers.Keep();
        var library = MpiLibrary.Load(launcher, given);
        var functions = library.Functions();
        var handles = library.Handles();
        int flag;
        Check(functions, functions.Finalized(&flag), "MPI_Finalized");
        if (flag != 0)
        {
            throw new RankException("MPI was ended in this process already, and cannot be started twice.");
        }

        Check(functions, functions.Initialized(&flag), "MPI_Initialized");
        var isOurs = flag == 0;
        int level;
        if (isOurs)
        {
            using var watch = StartWatch.Begin(launcher);
            Check(functions, functions.InitThread(0, 0, handles.Serialized, &level), "MPI_Init_thread");
        }
        else
        {
            Check(functions, functions.QueryThread(&level), "MPI_Query_thread");
        }

        // Some errors are reported where there is no communicator that one could ask.
        functions.SetErrors(handles.World, handles.ErrorsReturn);
        functions.SetErrors(handles.Self, handles.ErrorsReturn);
        int index, count;
        Check(functions, functions.CommRank(handles.World, &index), "MPI_Comm_rank");
        Check(functions, functions.CommSize(handles.World, &count), "MPI_Comm_size");
        if (launcher.Count is { } expected && expected != count)
        {
            throw new RankException(
                $"{launcher} started {expected} ranks, but {library} knows of {count}: it is not the library of this launcher. Start the "
                + $"program with the launcher of that library, or let {MpiLibrary.Variable} name the right file.");
        }

        if (level < handles.Serialized)
        {
            throw new RankException(
                $"{library} lets only its first thread call it, but .NET's threads are many. Install an MPI that is built with threads"
                + (isOurs ? "." : ", or do not start MPI before Brachy."));
        }

        nint data = 0, control = 0;
        Check(functions, functions.CommDup(handles.World, &data), "MPI_Comm_dup");
        Check(functions, functions.CommDup(handles.World, &control), "MPI_Comm_dup");
        functions.SetErrors(data, handles.ErrorsReturn);
        functions.SetErrors(control, handles.ErrorsReturn);
        var communicator = new MpiCommunicator(functions, handles, data, control, index, count, isOurs);
        communicator.Meet(
            MachineName(functions), launcher.Kind == LauncherKind.Hydra && library.Version.StartsWith("MPICH", StringComparison.Ordinal));
        RankFaults.Watch(communicator);
        return communicator;
    }

    /// <exception cref="RankException">The code is an error's.</exception>
    public static void Check(MpiFunctions functions, int code, string function)
    {
        if (code != 0)
        {
            throw new RankException($"{function} failed: {functions.Describe(code)}");
        }
    }

    private static string MachineName(MpiFunctions functions)
    {
        var text = stackalloc byte[NameLength];
        int length;
        Check(functions, functions.ProcessorName(text, &length), "MPI_Get_processor_name");
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }
}
