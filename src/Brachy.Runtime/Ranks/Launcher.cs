using System.Globalization;

namespace Brachy.Ranks;

/// <summary>Which program started this process, as one of several ranks.</summary>
internal enum LauncherKind
{
    /// <summary>None that starts ranks.</summary>
    None,

    /// <summary>mpirun of Open MPI.</summary>
    OpenMpi,

    /// <summary>mpiexec of MPICH (Hydra) and its kin, which speak PMI.</summary>
    Hydra,

    /// <summary>One that speaks PMIx, such as <c>srun --mpi=pmix</c>.</summary>
    Pmix,

    /// <summary>Slurm's srun with PMI 2.</summary>
    SlurmPmi,

    /// <summary>Slurm's srun with several tasks that cannot know of each other.</summary>
    SlurmAlone,
}

/// <summary>What the environment says about who started this process.</summary>
/// <param name="Kind">The program that did.</param>
/// <param name="Sign">The variable that says so.</param>
/// <param name="Count">How many ranks there are, where the environment tells.</param>
/// <param name="Index">Which this is, where the environment tells.</param>
internal sealed record Launcher(LauncherKind Kind, string Sign, int? Count, int? Index)
{
    private static readonly string[] s_slurmCounts = ["SLURM_STEP_NUM_TASKS", "SLURM_NTASKS"];

    /// <summary>Reads the environment.</summary>
    /// <param name="variable">A variable's value, or null.</param>
    public static Launcher Find(Func<string, string?> variable)
    {
        if (Has("OMPI_COMM_WORLD_SIZE"))
        {
            return new(LauncherKind.OpenMpi, "OMPI_COMM_WORLD_SIZE", Number("OMPI_COMM_WORLD_SIZE"), Number("OMPI_COMM_WORLD_RANK"));
        }

        var isSlurm = Has("SLURM_STEP_ID") || Has("SLURM_STEPID");
        var tasks = isSlurm ? s_slurmCounts.Select(Number).FirstOrDefault(count => count is not null) : null;
        if (Has("PMIX_RANK"))
        {
            return new(LauncherKind.Pmix, "PMIX_RANK", tasks, Number("PMIX_RANK"));
        }

        foreach (var sign in (string[])["PMI_RANK", "PMI_FD", "PMI_PORT"])
        {
            if (Has(sign))
            {
                // A batch script runs inside Slurm too, but mpiexec in it starts no step of its own for the rank.
                var kind = isSlurm && !Has("HYDI_CONTROL_FD") && !Has("MPI_LOCALRANKID") ? LauncherKind.SlurmPmi : LauncherKind.Hydra;
                return new(kind, sign, Number("PMI_SIZE") ?? tasks, Number("PMI_RANK"));
            }
        }

        if (Has("MV2_COMM_WORLD_SIZE"))
        {
            return new(LauncherKind.Hydra, "MV2_COMM_WORLD_SIZE", Number("MV2_COMM_WORLD_SIZE"), Number("MV2_COMM_WORLD_RANK"));
        }

        return tasks > 1
            ? new(LauncherKind.SlurmAlone, "SLURM_STEP_ID", tasks, Number("SLURM_PROCID"))
            : new(LauncherKind.None, "", 1, 0);

        bool Has(string name) => !string.IsNullOrEmpty(variable(name));

        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>Whether this process is the only rank, so that no MPI is needed.</summary>
    public bool IsAlone => Kind == LauncherKind.None || Count == 1;

    /// <summary>Whether ranks that it starts can find each other through a library of a maker.</summary>
    public bool Fits(MpiMaker maker) => Kind switch
    {
        LauncherKind.OpenMpi => maker is MpiMaker.OpenMpi or MpiMaker.Unknown,
        LauncherKind.Hydra => maker is MpiMaker.Mpich or MpiMaker.Unknown,
        _ => true,
    };

    /// <summary>The launcher and how it is known.</summary>
    public override string ToString() => Kind switch
    {
        LauncherKind.None => "no launcher",
        LauncherKind.OpenMpi => $"Open MPI's mpirun ({Sign} is set)",
        LauncherKind.Hydra => $"MPICH's mpiexec or one of its kin ({Sign} is set)",
        LauncherKind.Pmix => $"a launcher that speaks PMIx ({Sign} is set)",
        LauncherKind.SlurmPmi => $"Slurm's srun with PMI 2 ({Sign} is set)",
        _ => $"Slurm's srun ({Sign} is set)",
    };
}
