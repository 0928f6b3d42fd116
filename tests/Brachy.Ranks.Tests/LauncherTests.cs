using System.Globalization;

namespace Brachy.Ranks.Tests;

/// <summary>Who started a process, and which library fits, from what each launcher sets and each library says.</summary>
[Trait("Category", "Quick")]
public class LauncherTests
{
    /// <summary>Variables, and kind, number of ranks and index.</summary>
    public static TheoryData<string, string> Environments => new()
    {
        { "", "None 1 0" },
        { "SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_PROCID=0", "None 1 0" },
        { "OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_RANK=3 PMIX_RANK=3", "OpenMpi 4 3" },
        { "OMPI_COMM_WORLD_SIZE=1 OMPI_COMM_WORLD_RANK=0", "OpenMpi 1 0" },
        { "PMI_RANK=1 PMI_SIZE=2 PMI_FD=9 HYDI_CONTROL_FD=8 MPI_LOCALRANKID=1", "Hydra 2 1" },
        { "PMI_RANK=1 PMI_SIZE=2 PMI_FD=9 HYDI_CONTROL_FD=8 SLURM_STEP_ID=0 SLURM_NTASKS=1", "Hydra 2 1" },
        { "PMI_PORT=host:1 PMI_ID=0", "Hydra ? ?" },
        { "MV2_COMM_WORLD_SIZE=8 MV2_COMM_WORLD_RANK=7", "Hydra 8 7" },
        { "PMIX_RANK=5", "Pmix ? 5" },
        { "PMIX_RANK=5 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=8 SLURM_NTASKS=16", "Pmix 8 5" },
        { "PMI_RANK=1 PMI_SIZE=2 PMI_FD=9 SLURM_STEP_ID=0 SLURM_NTASKS=2", "SlurmPmi 2 1" },
        { "SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1", "SlurmAlone 2 1" },
        { "SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0", "None 1 0" },
    };

    [Theory]
    [MemberData(nameof(Environments))]
    public void TheEnvironmentSaysWhoStartedTheProcess(string environment, string expected)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        var launcher = Launcher.Find(variables.GetValueOrDefault);
        Assert.Equal(expected, $"{launcher.Kind} {Text(launcher.Count)} {Text(launcher.Index)}");

        static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "?";
    }

    [Theory]
    [InlineData("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4", "OpenMpi", "OpenMpi Pmix SlurmPmi")]
    [InlineData("IBM Spectrum MPI, 10.3", "OpenMpi", "OpenMpi Pmix SlurmPmi")]
    [InlineData("MPICH Version:\t4.0.2", "Mpich", "Hydra Pmix SlurmPmi")]
    [InlineData("Intel(R) MPI Library 2021.11 for Linux* OS", "Mpich", "Hydra Pmix SlurmPmi")]
    [InlineData("MVAPICH2 Version      :\t2.3.7", "Mpich", "Hydra Pmix SlurmPmi")]
    [InlineData("MPI VERSION    : CRAY MPICH version 8.1.25", "Mpich", "Hydra Pmix SlurmPmi")]
    [InlineData("Somebody's MPI 1", "Unknown", "OpenMpi Hydra Pmix SlurmPmi")]
    public void ALibraryFitsTheLaunchersOfItsMaker(string version, string maker, string launchers)
    {
        Assert.Equal(maker, $"{MpiLibrary.MakerOf(version)}");
        LauncherKind[] kinds = [LauncherKind.OpenMpi, LauncherKind.Hydra, LauncherKind.Pmix, LauncherKind.SlurmPmi];
        Assert.Equal(launchers, string.Join(' ', kinds.Where(kind => new Launcher(kind, "", 2, 0).Fits(MpiLibrary.MakerOf(version)))));
    }

    [Fact]
    public void TheStandardsInterfaceIsLookedForFirst()
    {
        LauncherKind[] kinds = [LauncherKind.OpenMpi, LauncherKind.Hydra, LauncherKind.Pmix, LauncherKind.SlurmPmi];
        Assert.All(kinds, kind =>
        {
            var names = MpiLibrary.Candidates(kind);
            Assert.Equal(names.Distinct(), names);
            Assert.Equal(
                OperatingSystem.IsWindows() ? "msmpi.dll" : OperatingSystem.IsMacOS() ? "libmpi_abi.0.dylib" : "libmpi_abi.so.0", names[0]);
        });
    }

    /// <summary>Values that MPI 5.0 gives its handles, and those of MPICH's mpi.h.</summary>
    [Fact]
    public void TheHandlesAreThoseOfTheInterface()
    {
        var (standard, mpich) = (MpiHandles.Of(MpiInterface.Standard, 0), MpiHandles.Of(MpiInterface.Mpich, 0));
        Assert.Equal(
            (0x101, 0x210, 0x21, 1, 2048), (standard.World, standard.Float32, standard.Sum, standard.InPlace, standard.Serialized));
        Assert.Equal(
            (0x44000000, 0x4c00040a, 0x58000003, -1, 2), (mpich.World, mpich.Float32, mpich.Sum, mpich.InPlace, mpich.Serialized));
        Assert.Equal(standard.UInt8, standard.Of(DType.Bool));
        Assert.Throws<ArgumentOutOfRangeException>(() => standard.Of(DType.Float16));
    }

    [Fact]
    public void ARecordKeepsWhatItSays()
    {
        var record = new CallRecord
        {
            Kind = CallKind.AllReduce,
            Op = ReduceOp.Max,
            Type = DType.Float64,
            Count = 1_000_000,
            Label = "the loss",
        };
        Assert.Equal("all-reduce (max) of 1,000,000 float64 values for the loss", $"{record}");
        var other = record;
        Assert.True(record.Agrees(other));
        other.Label = new string('ä', 100);
        Assert.True(record.Agrees(other));
        Assert.Equal(new string('ä', 44), other.Label);
        other.Count++;
        Assert.False(record.Agrees(other));
    }
}
