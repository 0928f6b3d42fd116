using Brachy.Compilation;

namespace Brachy.Benchmarks;

/// <summary>
/// The largest number of bytes that a run of a compiled graph holds at once beside its inputs: each value from the equation that makes it
/// to the last that reads it or a view of it. What is written into an input is the input's.
/// </summary>
internal static class LiveBytes
{
    public static double Peak(Graph graph)
    {
        var owners = new Dictionary<Atom, Atom>(ReferenceEqualityComparer.Instance);
        Atom OwnerOf(Atom atom) => owners.GetValueOrDefault(atom, atom);
        foreach (var equation in graph.Equations)
        {
            var types = equation.Inputs.Select(input => input.Type).ToArray();
            var mutated = equation.Primitive.MutatesInputs ? equation.Primitive.MutatedInputs(equation.Settings, types) : [];
            for (var i = 0; i < equation.Outputs.Count; i++)
            {
                var place = i < mutated.Length && mutated[i] >= 0 ? mutated[i] : equation.Overwrites ?? equation.Primitive.ViewedInput(i);
                owners[equation.Outputs[i]] = place is { } operand ? OwnerOf(equation.Inputs[operand]) : equation.Outputs[i];
            }
        }

        var lastUse = new Dictionary<Atom, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < graph.Equations.Count; i++)
        {
            foreach (var atom in graph.Equations[i].Inputs.Concat(graph.Equations[i].Outputs))
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
            foreach (var output in graph.Equations[i].Outputs.Where(output => ReferenceEquals(OwnerOf(output), output)))
            {
                made.Add(output);
                live += output.Type.ByteSize;
            }

            peak = Math.Max(peak, live);
            foreach (var gone in graph.Equations[i].Inputs.Concat(graph.Equations[i].Outputs).Select(OwnerOf)
                .Where(atom => lastUse[atom] == i && made.Remove(atom)).ToArray())
            {
                live -= gone.Type.ByteSize;
            }
        }

        return peak;
    }
}
