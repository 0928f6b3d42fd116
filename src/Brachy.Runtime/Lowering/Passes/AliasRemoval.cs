namespace Brachy.Compilation;

/// <summary>
/// Removes equations that only rename a value: they matter to gradients, which have been taken by now. What a program of one rank gives to
/// all ranks is such a value, too.
/// </summary>
internal static class AliasRemoval
{
    public static Graph Run(Graph graph) => Substitution.Rewrite(graph, (equation, inputs) =>
        (equation.Primitive is { Renames: true, IsBarrier: false } || IsOfOneRank(equation.Primitive))
            && inputs.Take(equation.Outputs.Count).All(input => input is Var)
            ? [.. inputs.Take(equation.Outputs.Count)]
            : null);

    private static bool IsOfOneRank(Extending.Primitive primitive) =>
        Rank.Count == 1 && (primitive == F.AllReduce || primitive == F.RankBroadcast);
}
