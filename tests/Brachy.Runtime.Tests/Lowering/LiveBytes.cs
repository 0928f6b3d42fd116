using Brachy.Compilation;

namespace Brachy.Tests.Lowering;

/// <summary>
/// The largest number of bytes that a run of a graph holds at once beside its inputs: each value from the equation that makes it to the
/// last that reads it or a view of it.
/// </summary>
internal static class LiveBytes
{
    public static double Peak(Graph graph)
    {
        var owners = new Dictionary<Atom, Atom>(ReferenceEqualityComparer.Instance);
        var lastUse = new Dictionary<Atom, int>(ReferenceEqualityComparer.Instance);
        Atom OwnerOf(Atom atom) => owners.GetValueOrDefault(atom, atom);
        for (var i = 0; i < graph.Equations.Count; i++)
        {
            var equation = graph.Equations[i];
            for (var k = 0; k < equation.Outputs.Count; k++)
            {
                owners[equation.Outputs[k]] = (equation.Overwrites ?? equation.Primitive.ViewedInput(k)) is { } operand
                    ? OwnerOf(equation.Inputs[operand]) : equation.Outputs[k];
            }

            foreach (var atom in equation.Inputs.Concat(equation.Outputs))
            {
                lastUse[OwnerOf(atom)] = i;
            }
        }

        foreach (var output in graph.Outputs)
        {
            lastUse[OwnerOf(output)] = graph.Equations.Count;
        }

        var (live, peak) = (0.0, 0.0);
        var made = new HashSet<Atom>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < graph.Equations.Count; i++)
        {
            var equation = graph.Equations[i];
            foreach (var output in equation.Outputs.Where(output => ReferenceEquals(OwnerOf(output), output)))
            {
                made.Add(output);
                live += output.Type.ByteSize;
            }

            peak = Math.Max(peak, live);
            foreach (var gone in equation.Inputs.Concat(equation.Outputs).Select(OwnerOf)
                .Where(atom => lastUse[atom] == i && made.Remove(atom)).ToArray())
            {
                live -= gone.Type.ByteSize;
            }
        }

        return peak;
    }
}
