using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Computes a value once that several equations compute. All primitives are pure, random ones too: their key is an operand.
/// </summary>
internal static class CommonSubexpressions
{
    public static Graph Run(Graph graph)
    {
        var seen = new Dictionary<Key, Atom>();

        // Results stay apart: a caller may give one away and keep the other.
        var results = graph.Outputs.ToHashSet();
        return Substitution.Rewrite(graph, (equation, inputs) =>
        {
            if (equation.Outputs.Count != 1)
            {
                return null;
            }

            var key = new Key(equation.Primitive, equation.Settings, inputs);
            if (seen.TryGetValue(key, out var earlier) && !(results.Contains(earlier) && results.Contains(equation.Outputs[0])))
            {
                return [earlier];
            }

            seen.TryAdd(key, equation.Outputs[0]);
            return null;
        });
    }

    private readonly record struct Key(Primitive Primitive, Settings Settings, IReadOnlyList<Atom> Inputs)
    {
        public bool Equals(Key other)
        {
            if (Primitive != other.Primitive || Inputs.Count != other.Inputs.Count || !Settings.Equals(other.Settings))
            {
                return false;
            }

            for (var i = 0; i < Inputs.Count; i++)
            {
                if (!SameAtom(Inputs[i], other.Inputs[i]))
                {
                    return false;
                }
            }

            return true;
        }

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(Primitive);
            hash.Add(Settings);
            foreach (var input in Inputs)
            {
                hash.Add(input is Literal literal ? literal.Value.GetHashCode() : input.GetHashCode());
            }

            return hash.ToHashCode();
        }

        private static bool SameAtom(Atom left, Atom right) =>
            ReferenceEquals(left, right) || (left is Literal l && right is Literal r && l.Value.Equals(r.Value));
    }
}
