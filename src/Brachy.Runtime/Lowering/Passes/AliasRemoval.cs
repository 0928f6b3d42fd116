namespace Brachy.Compilation;

/// <summary>Removes equations that only rename a value; they matter to gradients, which have been taken by now.</summary>
internal static class AliasRemoval
{
    public static Graph Run(Graph graph) => Substitution.Rewrite(graph, (equation, inputs) =>
        equation.Primitive is { Renames: true, IsBarrier: false } && inputs.Take(equation.Outputs.Count).All(input => input is Var)
            ? [.. inputs.Take(equation.Outputs.Count)]
            : null);
}
