using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>A graph that an equation runs. Equal when it computes the same in the same way.</summary>
/// <param name="graph">The graph.</param>
internal sealed class Body(Graph graph) : IEquatable<Body>
{
    public Graph Graph { get; } = graph;

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(graph))]
    public static implicit operator Body?(Graph? graph) => graph is null ? null : new(graph);

    public bool Equals(Body? other) => other is not null && (ReferenceEquals(Graph, other.Graph) || AreEqual(Graph, other.Graph));

    public override bool Equals(object? obj) => Equals(obj as Body);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Graph.Inputs.Count);
        foreach (var equation in Graph.Equations)
        {
            hash.Add(equation.Primitive);
            hash.Add(equation.Settings);
        }

        return hash.ToHashCode();
    }

    private static bool AreEqual(Graph left, Graph right)
    {
        if (left.Inputs.Count != right.Inputs.Count || left.Constants.Count != right.Constants.Count
            || left.Equations.Count != right.Equations.Count || left.Outputs.Count != right.Outputs.Count)
        {
            return false;
        }

        var pairs = new Dictionary<Var, Var>();
        return Define(left.Inputs, right.Inputs)
            && left.Constants.Zip(right.Constants).All(c => c.First.IsSameAs(c.Second))
            && Define([.. left.Constants.Select(c => c.Var)], [.. right.Constants.Select(c => c.Var)])
            && left.Equations.Zip(right.Equations).All(pair => IsSame(pair.First, pair.Second))
            && left.Outputs.Zip(right.Outputs).All(pair => IsSameAtom(pair.First, pair.Second));

        bool IsSame(Equation a, Equation b) => a.Primitive == b.Primitive && a.Settings.Equals(b.Settings) && a.Overwrites == b.Overwrites
            && a.Inputs.Count == b.Inputs.Count && a.Inputs.Zip(b.Inputs).All(pair => IsSameAtom(pair.First, pair.Second))
            && Define(a.Outputs, b.Outputs);

        bool IsSameAtom(Atom a, Atom b) => (a, b) switch
        {
            (Literal l, Literal r) => l.Value.Equals(r.Value),
            (Var l, Var r) => ReferenceEquals(pairs.GetValueOrDefault(l), r),
            _ => false,
        };

        bool Define(IReadOnlyList<Var> a, IReadOnlyList<Var> b)
        {
            for (var i = 0; i < a.Count; i++)
            {
                if (b.Count != a.Count || !a[i].Type.Equals(b[i].Type))
                {
                    return false;
                }

                pairs.Add(a[i], b[i]);
            }

            return true;
        }
    }
}
