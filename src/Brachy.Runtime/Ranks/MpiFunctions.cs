using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>The functions of an MPI library, by address. All return 0 or an error's code.</summary>
internal sealed unsafe class MpiFunctions
{
    private readonly nint _library;
    private readonly string _name;

    /// <exception cref="RankException">The library lacks a function.</exception>
    public MpiFunctions(nint library, string name)
    {
        (_library, _name) = (library, name);
        Initialized = (delegate* unmanaged<int*, int>)Address("MPI_Initialized");
        InitThread = (delegate* unmanaged<nint, nint, int, int*, int>)Address("MPI_Init_thread");
        QueryThread = (delegate* unmanaged<int*, int>)Address("MPI_Query_thread");
        Finalized = (delegate* unmanaged<int*, int>)Address("MPI_Finalized");
        Finalize = (delegate* unmanaged<int>)Address("MPI_Finalize");
        Abort = (delegate* unmanaged<nint, int, int>)Address("MPI_Abort");
        CommRank = (delegate* unmanaged<nint, int*, int>)Address("MPI_Comm_rank");
        CommSize = (delegate* unmanaged<nint, int*, int>)Address("MPI_Comm_size");
        CommDup = (delegate* unmanaged<nint, nint*, int>)Address("MPI_Comm_dup");
        SetErrors = (delegate* unmanaged<nint, nint, int>)Address("MPI_Comm_set_errhandler");
        ErrorString = (delegate* unmanaged<int, byte*, int*, int>)Address("MPI_Error_string");
        ProcessorName = (delegate* unmanaged<byte*, int*, int>)Address("MPI_Get_processor_name");
        OpCreate = (delegate* unmanaged<nint, int, nint*, int>)Address("MPI_Op_create");
        Test = (delegate* unmanaged<nint*, int*, nint, int>)Address("MPI_Test");
        Send = (delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int>)Address("MPI_Isend");
        Receive = (delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int>)Address("MPI_Irecv");
        Probe = (delegate* unmanaged<int, int, nint, int*, nint, int>)Address("MPI_Iprobe");
        AllReduce = (delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int>)Address("MPI_Iallreduce");
        Broadcast = (delegate* unmanaged<nint, int, nint, int, nint, nint*, int>)Address("MPI_Ibcast");
        AllGather = (delegate* unmanaged<nint, int, nint, nint, int, nint, nint, nint*, int>)Address("MPI_Iallgather");
        ReduceScatter = (delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int>)Address("MPI_Ireduce_scatter_block");
        Barrier = (delegate* unmanaged<nint, nint*, int>)Address("MPI_Ibarrier");
    }

    /// <summary>Flag.</summary>
    public delegate* unmanaged<int*, int> Initialized { get; }

    /// <summary>No arguments of the program; the level that is wanted, the one that there is.</summary>
    public delegate* unmanaged<nint, nint, int, int*, int> InitThread { get; }

    /// <summary>Level.</summary>
    public delegate* unmanaged<int*, int> QueryThread { get; }

    /// <summary>Flag.</summary>
    public delegate* unmanaged<int*, int> Finalized { get; }

    public delegate* unmanaged<int> Finalize { get; }

    /// <summary>Communicator, exit code.</summary>
    public delegate* unmanaged<nint, int, int> Abort { get; }

    /// <summary>Communicator, rank.</summary>
    public delegate* unmanaged<nint, int*, int> CommRank { get; }

    /// <summary>Communicator, number of ranks.</summary>
    public delegate* unmanaged<nint, int*, int> CommSize { get; }

    /// <summary>Communicator, its copy.</summary>
    public delegate* unmanaged<nint, nint*, int> CommDup { get; }

    /// <summary>Communicator, handler of errors.</summary>
    public delegate* unmanaged<nint, nint, int> SetErrors { get; }

    /// <summary>Code, text, length.</summary>
    public delegate* unmanaged<int, byte*, int*, int> ErrorString { get; }

    /// <summary>Text, length.</summary>
    public delegate* unmanaged<byte*, int*, int> ProcessorName { get; }

    /// <summary>Function, whether it commutes, operation.</summary>
    public delegate* unmanaged<nint, int, nint*, int> OpCreate { get; }

    /// <summary>Request, flag, status.</summary>
    public delegate* unmanaged<nint*, int*, nint, int> Test { get; }

    /// <summary>Memory, count, type, rank, tag, communicator, request.</summary>
    public delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int> Send { get; }

    /// <summary>Memory, count, type, rank, tag, communicator, request.</summary>
    public delegate* unmanaged<nint, int, nint, int, int, nint, nint*, int> Receive { get; }

    /// <summary>Rank, tag, communicator, flag, status.</summary>
    public delegate* unmanaged<int, int, nint, int*, nint, int> Probe { get; }

    /// <summary>Operand, result, count, type, operation, communicator, request.</summary>
    public delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int> AllReduce { get; }

    /// <summary>Memory, count, type, root, communicator, request.</summary>
    public delegate* unmanaged<nint, int, nint, int, nint, nint*, int> Broadcast { get; }

    /// <summary>Operand, count, type, result, count, type, communicator, request.</summary>
    public delegate* unmanaged<nint, int, nint, nint, int, nint, nint, nint*, int> AllGather { get; }

    /// <summary>Operand, result, count of each, type, operation, communicator, request.</summary>
    public delegate* unmanaged<nint, nint, int, nint, nint, nint, nint*, int> ReduceScatter { get; }

    /// <summary>Communicator, request.</summary>
    public delegate* unmanaged<nint, nint*, int> Barrier { get; }

    /// <summary>What an error's code means.</summary>
    public string Describe(int code)
    {
        // The standard's interface allows 512 bytes, the others less.
        var text = stackalloc byte[1024];
        int length;
        return ErrorString(code, text, &length) == 0 ? Marshal.PtrToStringUTF8((nint)text) ?? $"error {code}" : $"error {code}";
    }

    private nint Address(string function) => NativeLibrary.TryGetExport(_library, function, out var address)
        ? address
        : throw new RankException($"{_name} has no {function}, which MPI 3.0 asks for. Install a newer MPI.");
}
