using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.Benchmarks;

/// <summary>
/// The share of a compiled step that matrix products and convolutions take, each timed by itself on operands of the same types and
/// layouts: no lowering that uses the same kernels can be faster than that.
/// </summary>
internal static class FloorShare
{
    public static Measurement Measure(string id, Action step, Func<Graph> graphOf, int blocks)
    {
        step();
        var graph = graphOf();
        using var rng = Rng.Scope(0);
        var layouts = new Layouts(graph);
        var products = graph.Equations.Where(IsProduct)
            .GroupBy(e => $"{e.Primitive.Name} {e.Settings} {string.Join(" ", e.Inputs.Select(i => $"{i.Type} {layouts.Describe(i)}"))}")
            .Select(group => (Run: Alone(group.First(), layouts), Count: group.Count(), group.First().Cost)).ToArray();
        var (steps, sums) = (new double[blocks], new double[blocks]);
        for (var i = -2; i < blocks; i++)
        {
            var (whole, sum) = (Interleaved.Time(step), products.Sum(product => product.Count * Interleaved.Time(product.Run)));
            if (i >= 0)
            {
                (steps[i], sums[i]) = (whole, sum);
            }
        }

        var (total, floor) = (Interleaved.Median(steps), Interleaved.Median(sums));
        var multiplyAdds = products.Sum(product => product.Count * product.Cost.MultiplyAdds);
        return Measurement.Reported(
            id,
            floor / total,
            FormattableString.Invariant($"{products.Sum(p => p.Count)} products and convolutions {floor:F0} ms of {total:F0} ms, ")
            + FormattableString.Invariant($"{multiplyAdds / 1e9:F1} G multiply-adds ({multiplyAdds / floor / 1e6:F0} G/s)"));
    }

    // Attention is more than its products: it would hide what the softmax between them costs.
    private static bool IsProduct(Equation equation) =>
        equation.Cost.MultiplyAdds > 0 && !equation.Primitive.Name.StartsWith("flash_attention", StringComparison.Ordinal);

    private static Action Alone(Equation equation, Layouts layouts)
    {
        var operands = equation.Inputs.Select(layouts.Make).ToArray();
        var function = Jit.Compile((Tensor[] x) => equation.Primitive.BindUntyped(equation.Settings, x), name: equation.Primitive.Name);
        return () => Array.ForEach(function.Invoke(operands), result => result.Dispose());
    }

    /// <summary>How the values of a graph lie in memory.</summary>
    private sealed class Layouts
    {
        private readonly HashSet<Atom> _channelsLast = [];
        private readonly Dictionary<Atom, Equation> _permuted = [];

        public Layouts(Graph graph)
        {
            foreach (var equation in graph.Equations)
            {
                if (equation.Primitive.Name == "permute")
                {
                    _permuted.Add(equation.Outputs[0], equation);
                }
                else if (equation.Primitive.Name == "channels_last"
                    || (equation.Primitive.Name != "contiguous" && equation.Inputs.Any(_channelsLast.Contains)))
                {
                    _channelsLast.UnionWith(equation.Outputs.Where(output => output.Type.Rank == 4));
                }
            }
        }

        public string Describe(Atom value) => _channelsLast.Contains(value) ? "channels last"
            : _permuted.TryGetValue(value, out var permute) ? permute.Settings.ToString()
            : "rows";

        /// <summary>Random numbers of the value's type and layout.</summary>
        public Tensor Make(Atom value)
        {
            if (value is Literal literal)
            {
                return Tensor.OfNumber(literal.Value);
            }

            var shape = value.Type.Shape;
            return _channelsLast.Contains(value) ? F.permute(Rng.Normal([shape[0], shape[2], shape[3], shape[1]]), 0, 3, 1, 2)
                : _permuted.TryGetValue(value, out var permute) ? F.permute(
                    Rng.Normal(permute.Inputs[0].Type.Shape), F.Permute.SettingsOf(permute).Dims.ToArray())
                : Rng.Normal(shape);
        }
    }
}
