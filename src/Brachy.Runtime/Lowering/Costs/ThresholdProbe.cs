namespace Brachy.Compilation;

/// <summary>Programs of several sizes, by which a size is found from which on something pays.</summary>
/// <param name="Cost">The cost.</param>
/// <param name="Sizes">The sizes.</param>
/// <param name="GraphOf">The program of a size.</param>
/// <param name="ValueOf">From a size to the cost.</param>
internal sealed record ThresholdProbe(MachineCost Cost, int[] Sizes, Func<int, Graph> GraphOf, Func<int, double> ValueOf);
