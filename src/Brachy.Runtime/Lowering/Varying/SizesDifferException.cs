namespace Brachy.Compilation;

/// <summary>A program depends on sizes in another way than by formulas; who knows the function says so to the user.</summary>
/// <param name="difference">Where.</param>
internal sealed class SizesDifferException(SizeDifference difference) : Exception(string.Join('\n', difference.Lines))
{
    public SizeDifference Difference { get; } = difference;
}
