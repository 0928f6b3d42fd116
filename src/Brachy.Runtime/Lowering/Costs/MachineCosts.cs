using System.Diagnostics;
using System.Globalization;
using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>
/// The costs by which the compiler chooses layouts, algorithms, fusion and backends: those of the machine. They are measured once on each
/// machine, before the first function is compiled there whose code depends on them, which takes some 6 seconds, and kept in the user's
/// cache folder, so that later processes choose alike and give the same bits. All ranks of a program use those of rank 0, which they get
/// before the first function is compiled in which they exchange tensors; what a rank compiles before uses the <see cref="Fixed"/> ones.
/// </summary>
/// <remarks>
/// <c>&lt;RuntimeHostConfigurationOption Include="Brachy.MachineCosts" Value="fixed" /&gt;</c> in a program's project, or the environment
/// variable <c>BRACHY_MACHINE_COSTS=fixed</c>, makes it use the fixed ones. These count too where there is no cache folder that can be
/// written to, and for an hour after a measurement that was killed or found the machine too busy.
/// </remarks>
public sealed class MachineCosts
{
    /// <summary>The environment variable: <c>fixed</c> or <c>measured</c>.</summary>
    public const string Variable = "BRACHY_MACHINE_COSTS";

    /// <summary>The option of the runtime's configuration that says the same where the variable is not set.</summary>
    public const string Option = "Brachy.MachineCosts";

    private static readonly AsyncLocal<MachineCosts?> s_ofScope = new();
    private static readonly Lock s_choice = new();
    private static volatile MachineCosts? s_ofProcess;
    private static bool s_isAgreed;

    private readonly double[] _values;
    private string? _name;

    internal MachineCosts(string machine, Func<MachineCost, double> valueOf)
    {
        _values = [.. Enum.GetValues<MachineCost>().Select(valueOf)];
        Machine = machine;
    }

    /// <summary>Those found on the machines that Brachy is developed on.</summary>
    public static MachineCosts Fixed { get; } = new("", cost => CostRange.All[cost].Fixed);

    /// <summary>Those that count for what is compiled now; the first call may measure them.</summary>
    /// <exception cref="InvalidOperationException">The variable or the option says something else than it may.</exception>
    public static MachineCosts Current => s_ofScope.Value ?? s_ofProcess ?? (Rank.Count > 1 ? Fixed : Choose());

    /// <summary>Those that were chosen for this process; null before, while the fixed ones count at most.</summary>
    internal static MachineCosts? Chosen => s_ofProcess;

    /// <summary>Those by which this process compiles, or will: no others are measured for this.</summary>
    internal static MachineCosts Expected => Rank.Count > 1 ? s_ofProcess ?? Kept() ?? Fixed : Current;

    /// <summary>"fixed", or "measured" and a short digest of the values.</summary>
    public string Name => _name ??= Machine.Length == 0 ? "fixed" : $"measured {CostFile.DigestOf(CostFile.Write(this))[..8]}";

    /// <summary>The processor and the libraries with which they were measured; empty for the fixed ones.</summary>
    public string Machine { get; }

    internal double this[MachineCost cost] => _values[(int)cost];

    /// <summary>
    /// Makes this process choose by other costs from now on, such as those of a checkpoint (<c>Checkpoint.Costs</c>) whose
    /// training goes on. What was compiled before stays as it is; the cache folder too. All ranks of a program must do it.
    /// </summary>
    /// <param name="costs">The costs.</param>
    public static void Use(MachineCosts costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        lock (s_choice)
        {
            s_ofProcess = costs;
        }
    }

    /// <summary>
    /// Measures the costs of this machine anew, which takes seconds, keeps them in the cache folder, and makes this process use them from
    /// now on. To be called while the machine does nothing else; by all ranks of a program, for which rank 0 measures.
    /// </summary>
    /// <returns>The costs; the <see cref="Fixed"/> ones if the machine was too busy to tell, and then nothing is kept.</returns>
    /// <exception cref="NativeLibraryException">libtorch cannot be loaded.</exception>
    public static MachineCosts Measure()
    {
        lock (s_choice)
        {
            return s_ofProcess = Rank.Count > 1 ? RankCosts.OfFirst(Measured) : Measured();
        }
    }

    /// <summary>Gives all ranks the costs by which they compile from now on, once: all must come. One alone does nothing.</summary>
    internal static void AgreeOnRanks()
    {
        lock (s_choice)
        {
            if (Rank.Count > 1 && !s_isAgreed)
            {
                s_ofProcess = RankCosts.OfFirst(Choose);
                s_isAgreed = true;
            }
        }
    }

    /// <summary>Whether both choose alike.</summary>
    public bool Equals(MachineCosts? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MachineCosts);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(0, HashCode.Combine);

    /// <summary>The name, the machine, and each cost on a line.</summary>
    public override string ToString() => string.Join('\n', Enum.GetValues<MachineCost>()
        .Select(cost => string.Create(CultureInfo.InvariantCulture, $"  {cost}: {this[cost]:G4}"))
        .Prepend(Machine.Length == 0 ? Name : $"{Name} on {Machine}"));

    /// <summary>The same but for one.</summary>
    internal MachineCosts With(MachineCost cost, double value) => new(Machine, other => other == cost ? value : this[other]);

    /// <summary>Makes what the calling code compiles, also on other threads, use some costs until the result is disposed.</summary>
    internal static IDisposable Scope(MachineCosts costs)
    {
        var before = s_ofScope.Value;
        s_ofScope.Value = costs;
        return new EndOfScope(before);
    }

    /// <summary>What the variable says, or else the option.</summary>
    internal static bool AreFixed(string? variable, string? option)
    {
        var (source, chosen) = variable is { Length: > 0 } ? (Variable, variable) : (Option, option ?? "measured");
        return chosen switch
        {
            "fixed" => true,
            "measured" => false,
            _ => throw new InvalidOperationException($"{source} is '{chosen}', and must be 'fixed' or 'measured'."),
        };
    }

    private static MachineCosts Choose()
    {
        lock (s_choice)
        {
            return s_ofProcess ??= Kept() ?? (CostFile.HasBegun(CacheFolders.OfCosts!, CostKey.OfMachine()) ? Fixed : Measured());
        }
    }

    /// <summary>Those of this machine if nothing must be measured for them; else null.</summary>
    private static MachineCosts? Kept() =>
        AreFixed(Environment.GetEnvironmentVariable(Variable), AppContext.GetData(Option) as string) ? Fixed
        : CacheFolders.OfCosts is not { } folder ? Fixed : CostFile.Read(folder, CostKey.OfMachine());

    private static MachineCosts Measured() => Measured(CacheFolders.OfCosts);

    private static MachineCosts Measured(string? folder)
    {
        var machine = CostKey.OfMachine();
        if (folder is not null && !CostFile.TryBegin(folder, machine))
        {
            NativeRuntime.Log("costs", $"fixed, because {folder} cannot be written to");
            return Fixed;
        }

        var start = Stopwatch.GetTimestamp();
        var costs = CostMeasurement.Run(machine);
        var seconds = FormattableString.Invariant($"{Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        if (costs is null)
        {
            NativeRuntime.Log("costs", $"fixed, because this machine was too busy to measure them in {seconds}");
            return Fixed;
        }

        NativeRuntime.Log("costs", $"{costs.Name}, in {seconds}");
        if (folder is null)
        {
            return costs;
        }

        if (!CostFile.TryWrite(folder, costs))
        {
            return Fixed;
        }

        CostFile.End(folder, machine);
        return costs;
    }

    private sealed class EndOfScope(MachineCosts? before) : IDisposable
    {
        public void Dispose() => s_ofScope.Value = before;
    }
}
