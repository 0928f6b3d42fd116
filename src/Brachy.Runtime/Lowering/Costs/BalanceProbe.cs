namespace Brachy.Compilation;

/// <summary>A program by which a cost of a backend is found.</summary>
/// <param name="Cost">The cost.</param>
/// <param name="GraphOf">The program.</param>
/// <param name="IsOfKnownWeights">Whether the policy of evaluated networks has the cost.</param>
internal sealed record BalanceProbe(MachineCost Cost, Func<Graph> GraphOf, bool IsOfKnownWeights = false);
