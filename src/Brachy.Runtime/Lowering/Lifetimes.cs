namespace Brachy.Compilation;

/// <summary>Which memory the values of a graph lie in, and when it is read for the last time.</summary>
internal sealed class Lifetimes
{
    private readonly Dictionary<Var, Var> _roots = [];
    private readonly Dictionary<Var, int> _lastUse = [];
    private readonly HashSet<Var> _fresh = [];

    // Values that more than one operand of their last equation reads.
    private readonly HashSet<Var> _readTwice = [];

    public Lifetimes(Graph graph)
    {
        for (var i = 0; i < graph.Equations.Count; i++)
        {
            var equation = graph.Equations[i];
            foreach (var input in equation.Inputs.OfType<Var>())
            {
                var root = Root(input);
                if (_lastUse.TryGetValue(root, out var before) && before == i)
                {
                    _readTwice.Add(root);
                }
                else
                {
                    _lastUse[root] = i;
                    _readTwice.Remove(root);
                }
            }

            for (var k = 0; k < equation.Outputs.Count; k++)
            {
                if (equation.Primitive.ViewedInput(k) is { } viewed && equation.Inputs.ElementAtOrDefault(viewed) is Var source)
                {
                    _roots.Add(equation.Outputs[k], Root(source));
                }
                else
                {
                    _fresh.Add(equation.Outputs[k]);
                }
            }
        }

        foreach (var output in graph.Outputs.OfType<Var>())
        {
            _lastUse[Root(output)] = int.MaxValue;
        }
    }

    /// <summary>The value whose memory this one may lie in; often itself.</summary>
    public Var Root(Var value) => _roots.GetValueOrDefault(value, value);

    /// <summary>Whether an equation makes new memory for the value.</summary>
    public bool IsFresh(Var value) => _fresh.Contains(value);

    /// <summary>Whether the value is no view, and an equation reads its memory last, through this operand alone.</summary>
    public bool EndsAt(Var value, Equation equation, int index) =>
        ReferenceEquals(Root(value), value) && _lastUse[value] == index && !_readTwice.Contains(value);
}
