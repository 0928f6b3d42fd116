namespace Brachy.Compilation;

/// <summary>TorchScript and, for the chains of a <see cref="ChainPlan"/>, vector code, by turns.</summary>
/// <param name="fewestSeconds">What a plan has to save for a run.</param>
internal sealed class ChainBackend(double fewestSeconds) : Backend("chains in vector code")
{
    /// <summary>Compiles a graph by a plan.</summary>
    public static Executable Compile(Graph graph, bool[] donated, ChainPlan plan) => new StagedExecutable(
        graph, donated, StagePlan.Make(graph, donated, plan.Stages),
        step => step.Graph.Equations.Any(plan.IsChosen) ? VectorCode : TorchScript);

    internal override Executable Compile(Graph graph, bool[] donated) => ChainPlan.Find(graph, donated, fewestSeconds) is { } plan
        ? Compile(graph, donated, plan) : TorchScript.Compile(graph, donated);
}
