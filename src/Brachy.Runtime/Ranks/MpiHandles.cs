using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>Which binary interface an MPI library has.</summary>
internal enum MpiInterface
{
    /// <summary>Open MPI's: handles are addresses of exported objects.</summary>
    OpenMpi,

    /// <summary>MPICH's, which its kin share: handles are ints.</summary>
    Mpich,

    /// <summary>That of the MPI 5 standard: handles are small constants in a pointer.</summary>
    Standard,
}

/// <summary>
/// The constants of one binary interface. Handles of MPICH's are ints: passed in a whole register, of which the callee reads the lower
/// half, they need no signatures of their own; one that it writes fills the lower half of a variable that was zero.
/// </summary>
internal sealed class MpiHandles
{
    /// <summary>All ranks.</summary>
    public required nint World { get; init; }

    /// <summary>This rank alone.</summary>
    public required nint Self { get; init; }

    /// <summary>Errors are returned as codes.</summary>
    public required nint ErrorsReturn { get; init; }

    /// <summary>Says that the operand is where the result goes.</summary>
    public required nint InPlace { get; init; }

    /// <summary>Says that no status is wanted.</summary>
    public required nint StatusIgnore { get; init; }

    /// <summary>A message of any rank.</summary>
    public required int AnySource { get; init; }

    /// <summary>The level at which any thread may call, one at a time.</summary>
    public required int Serialized { get; init; }

    public required nint Sum { get; init; }
    public required nint Max { get; init; }
    public required nint Min { get; init; }
    public required nint Byte { get; init; }
    public required nint UInt8 { get; init; }
    public required nint Int8 { get; init; }
    public required nint Int16 { get; init; }
    public required nint Int32 { get; init; }
    public required nint Int64 { get; init; }
    public required nint Float32 { get; init; }
    public required nint Float64 { get; init; }

    /// <summary>The handle of an element type that MPI knows; half precision it does not.</summary>
    public nint Of(DType type) => type switch
    {
        DType.UInt8 or DType.Bool => UInt8,
        DType.Int8 => Int8,
        DType.Int16 => Int16,
        DType.Int32 => Int32,
        DType.Int64 => Int64,
        DType.Float32 => Float32,
        DType.Float64 => Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "MPI has no such element type."),
    };

    /// <summary>The constants of a loaded library.</summary>
    public static MpiHandles Of(MpiInterface kind, nint library) => kind switch
    {
        MpiInterface.OpenMpi => OfOpenMpi(library),
        MpiInterface.Mpich => OfMpich(),
        _ => OfStandard(),
    };

    private static MpiHandles OfOpenMpi(nint library)
    {
        return new()
        {
            World = Address("comm_world"),
            Self = Address("comm_self"),
            ErrorsReturn = Address("errors_return"),
            InPlace = 1,
            StatusIgnore = 0,
            AnySource = -1,
            Serialized = 2,
            Sum = Address("op_sum"),
            Max = Address("op_max"),
            Min = Address("op_min"),
            Byte = Address("byte"),
            UInt8 = Address("uint8_t"),
            Int8 = Address("int8_t"),
            Int16 = Address("int16_t"),
            Int32 = Address("int32_t"),
            Int64 = Address("int64_t"),
            Float32 = Address("float"),
            Float64 = Address("double"),
        };

        nint Address(string name) => NativeLibrary.TryGetExport(library, $"ompi_mpi_{name}", out var address)
            ? address
            : throw new RankException($"The MPI library exports ompi_mpi_comm_world, as Open MPI does, but no ompi_mpi_{name}.");
    }

    private static MpiHandles OfMpich() => new()
    {
        World = 0x44000000,
        Self = 0x44000001,
        ErrorsReturn = 0x54000001,
        InPlace = -1,
        StatusIgnore = 1,
        AnySource = -2,
        Serialized = 2,
        Sum = 0x58000003,
        Max = 0x58000001,
        Min = 0x58000002,
        Byte = 0x4c00010d,
        UInt8 = 0x4c00013b,
        Int8 = 0x4c000137,
        Int16 = 0x4c000238,
        Int32 = 0x4c000439,
        Int64 = 0x4c00083a,
        Float32 = 0x4c00040a,
        Float64 = 0x4c00080b,
    };

    // MPI 5.0, chapter 20 and appendix A.
    private static MpiHandles OfStandard() => new()
    {
        World = 0x101,
        Self = 0x102,
        ErrorsReturn = 0x142,
        InPlace = 1,
        StatusIgnore = 0,
        AnySource = -1,
        Serialized = 2048,
        Sum = 0x21,
        Max = 0x23,
        Min = 0x22,
        Byte = 0x247,
        UInt8 = 0x241,
        Int8 = 0x240,
        Int16 = 0x248,
        Int32 = 0x250,
        Int64 = 0x258,
        Float32 = 0x210,
        Float64 = 0x214,
    };
}
