namespace Brachy.Compilation;

/// <summary>A piece of a vector program for some rows of the values that it reads and writes.</summary>
/// <param name="memory">Where inputs, constants, results and the scratch memory lie.</param>
/// <param name="first">The first row.</param>
/// <param name="rows">How many rows.</param>
internal unsafe delegate void RowFunction(nint* memory, int first, int rows);

/// <summary>A step that computes each row of what it writes from the same row of what it reads.</summary>
/// <param name="Rows">How many there are.</param>
/// <param name="Reads">
/// What it reads row by row. All elements of a value, without gaps, are cut into so many rows of one size.
/// </param>
/// <param name="Writes">What it writes row by row; what else it needs memory for among them.</param>
/// <param name="Whole">What it reads for all rows.</param>
/// <param name="Run">Computes rows.</param>
internal sealed record RowStep(
    int Rows, IReadOnlyList<Layout> Reads, IReadOnlyList<Layout> Writes, IReadOnlyList<Layout> Whole, RowFunction Run)
{
    /// <summary>What is cut into rows.</summary>
    public IEnumerable<Layout> Cut => Reads.Concat(Writes);
}
