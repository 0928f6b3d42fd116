namespace Brachy.Compilation;

/// <summary>
/// Computes, while compiling, what depends on nothing but constants, unless the result is much larger than what it is made of.
/// </summary>
internal static class ConstantFolding
{
    private const long FreeBytes = 1 << 18;

    public static Graph Run(Graph graph) => GraphReplay.Rewrite(graph, (_, equation, operands) =>
    {
        if (equation.IsOfSizes || equation.Exchanges || !Array.TrueForAll(operands, GraphReplay.IsKnown)
            || equation.Outputs.Any(o => o.Type.Device != Device.CPU))
        {
            return null;
        }

        var given = operands.Sum(operand => operand.Type.ByteSize);
        return equation.Outputs.Sum(output => output.Type.ByteSize) <= Math.Max(FreeBytes, given)
            ? equation.Primitive.Compute(
                equation.Settings, operands, Array.ConvertAll(operands, o => o.Type), [.. equation.Outputs.Select(o => o.Type)])
            : null;
    });
}
