namespace Brachy.Ranks.Program;

/// <summary>
/// What the program does, by name, with the arguments after it. A family of cases is a part of this class, in a file of its own, and
/// named here.
/// </summary>
internal static partial class Cases
{
    public static IReadOnlyDictionary<string, Action<string[]>> All { get; } =
        new[] { Basics, Collectives, Faults, Disagreements, Speeds, OnTensors, Trainings, Costs }
            .SelectMany(family => family).ToDictionary();

    /// <summary>Fails, on this rank, with what was expected.</summary>
    public static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }
}
