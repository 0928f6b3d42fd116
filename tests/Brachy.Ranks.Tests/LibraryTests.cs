namespace Brachy.Ranks.Tests;

/// <summary>No MPI library, or one that does not fit, is an exception that says so.</summary>
public class LibraryTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE", "Open MPI's mpirun (OMPI_COMM_WORLD_SIZE is set) started this process")]
    [InlineData("PMIX_RANK", "a launcher that speaks PMIx (PMIX_RANK is set) started this process")]
    public void ALibraryThatIsNotThereIsNamed(string sign, string message)
    {
        var result = MpiRun.Alone("who", environment: new() { [sign] = "2", ["BRACHY_MPI"] = "/there/is/no/libmpi.so" });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"Brachy.RankException: {message}, but the MPI library that BRACHY_MPI names cannot be used", result.Error);
        Assert.Contains("/there/is/no/libmpi.so", result.Error);
    }

    [Fact]
    public void ALibraryThatIsNoMpiIsRefused()
    {
        var result = MpiRun.Alone("who", environment: new() { ["OMPI_COMM_WORLD_SIZE"] = "2", ["BRACHY_MPI"] = "libc.so.6" });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("libc.so.6 exports no MPI_Get_library_version, so it is no library of MPI 3 or later.", result.Error);
    }

    [Fact]
    public void TasksOfSlurmThatCannotKnowOfEachOtherAreRefused()
    {
        Dictionary<string, string> slurm = new() { ["SLURM_STEP_ID"] = "0", ["SLURM_STEP_NUM_TASKS"] = "4", ["SLURM_PROCID"] = "2" };
        var result = MpiRun.Alone("who", environment: slurm);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("started 4 tasks that cannot know of each other. Use srun --mpi=pmix", result.Error);

        slurm["BRACHY_MPI"] = "none";
        Assert.Equal(["0 of 1, 0 here"], MpiRun.Alone("who", environment: slurm).Succeeded().Lines);
    }

    [MpiFact(MpiKind.OpenMpi)]
    public void OpenMpisLibraryDoesNotFitMpichsLauncher() => IsRefused(
        MpiKind.Mpich, "libmpi.so.40", "MPICH's mpiexec or one of its kin (PMI_RANK is set) started this process, but the library of "
        + "BRACHY_MPI is Open MPI v");

    [MpiFact(MpiKind.Mpich)]
    public void MpichsLibraryDoesNotFitOpenMpisLauncher() => IsRefused(
        MpiKind.OpenMpi, "libmpich.so.12", "Open MPI's mpirun (OMPI_COMM_WORLD_SIZE is set) started this process, but the library of "
        + "BRACHY_MPI is MPICH Version:");

    private static void IsRefused(MpiKind kind, string library, string message)
    {
        if (MpiKinds.Launcher(kind) is null)
        {
            return;
        }

        var result = MpiRun.Start(kind, 2, "who", environment: new() { ["BRACHY_MPI"] = library });
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.Error);
    }
}
