using Brachy.Compilation;

namespace Brachy;

/// <summary>Code of a version that serves sizes of one kind: all that are neither 0 nor 1, say.</summary>
/// <param name="free">The positions, among the names, of the sizes that vary in it; the others are 0 or 1.</param>
/// <param name="probes">What was traced.</param>
/// <param name="result">What the result is like.</param>
/// <param name="program">What runs.</param>
internal sealed class SizeClass(int[] free, SizeProbes probes, VaryingResult result, VaryingProgram program)
{
    private readonly SizeRange[] _seen =
        [.. free.Select((_, i) => new SizeRange(probes.Points.Points.Select(sizes => sizes[i])))];

    public VaryingProgram Program => program;

    /// <summary>The same code for sizes of another kind, none of which were looked at.</summary>
    public SizeClass ForOthers() => new(free, probes, result, program, []);

    private SizeClass(int[] free, SizeProbes probes, VaryingResult result, VaryingProgram program, long[] seen)
        : this(free, probes, result, program) => _seen = [.. free.Select(_ => new SizeRange(seen))];

    /// <summary>Whether the function was looked at for these sizes, or for smaller and larger ones.</summary>
    public bool Holds(long[] sizes) => free.Index().All(name => _seen[name.Index].Holds(sizes[name.Item]));

    /// <summary>Notes that the function was looked at for some sizes.</summary>
    public void Add(long[] sizes)
    {
        foreach (var (i, name) in free.Index())
        {
            _seen[i].Add(sizes[name]);
        }
    }

    /// <summary>Where the function is another for some sizes than the formulas say; null when it is the same.</summary>
    public SizeDifference? DifferenceTo(TracedFunction traced, long[] sizes) =>
        probes.DifferenceTo(traced, Of(sizes)) ?? result.DifferenceTo(traced, Of(sizes));

    /// <summary>Throws unless the function is for some sizes what the formulas say.</summary>
    /// <exception cref="VaryingSizeException">It is another.</exception>
    public void Require(string function, TracedFunction traced, long[] sizes)
    {
        if (DifferenceTo(traced, sizes) is { } difference)
        {
            throw SizeProbes.Refusal(
                function, difference,
                [$"by its formula from {probes.Points.Describe(0)}", SizePoints.Describe(probes.Points.Names, Of(sizes))]);
        }

        probes.RequireEqualConstants(function, traced, Of(sizes));
    }

    /// <summary>How the code runs for some sizes.</summary>
    public JitRun At(long[] sizes) => new(program.At(Of(sizes)), result.At(Of(sizes)), result.ChecksAt(Of(sizes)));

    private long[] Of(long[] sizes) => [.. free.Select(name => sizes[name])];
}
