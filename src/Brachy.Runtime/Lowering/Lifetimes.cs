namespace Brachy;

/// <summary>Which memory the values of a graph lie in, and when it is read for the last time.</summary>
internal sealed class Lifetimes
{
    private readonly Dictionary<Var, Var> _roots = [];
    private readonly Dictionary<Var, int> _lastUse = [];
    private readonly HashSet<Var> _fresh = [];

    public Lifetimes(Graph graph)
    {
        for (var i = 0; i < graph.Equations.Count; i++)
        {
            var equation = graph.Equations[i];
            foreach (var input in equation.Inputs.OfType<Var>())
            {
                _lastUse[Root(input)] = i;
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
        ReferenceEquals(Root(value), value) && _lastUse[value] == index
        && equation.Inputs.OfType<Var>().Count(other => ReferenceEquals(Root(other), value)) == 1;
}
