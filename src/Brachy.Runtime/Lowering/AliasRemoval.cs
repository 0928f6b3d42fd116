namespace Brachy;

/// <summary>Removes equations that only rename a value; they matter to gradients, which have been taken by now.</summary>
internal static class AliasRemoval
{
    public static Graph Run(Graph graph) => Substitution.Rewrite(graph, (equation, inputs) =>
        inputs is [Var, ..] && (equation.Primitive == F.Alias || equation.Primitive == F.StopGradient) ? inputs[0] : null);
}
