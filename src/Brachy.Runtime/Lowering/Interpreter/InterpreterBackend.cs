namespace Brachy.Compilation;

/// <summary>Runs every equation with its eager kernel. Slow and simple: what the other backend is compared with.</summary>
internal sealed class InterpreterBackend() : Backend("interpreter")
{
    internal override Graph Prepare(Graph graph) => LayersInSteps.Run(graph);

    internal override Executable Compile(Graph graph, bool[] donated) =>
        new InterpreterExecutable(graph, MemoryPlan.Make(graph, new bool[donated.Length]), donated);
}

internal sealed class InterpreterExecutable(Graph graph, MemoryPlan plan, bool[] donated) : PlannedExecutable(graph, plan, donated)
{
    private readonly GraphRun _run = new(graph);

    public override string BackendName => Backend.Interpreter.Name;

    public override bool IsDisposed => false;

    public override void Dispose()
    {
    }

    protected override void Compute(in RunMemory memory)
    {
        var inputs = new Tensor?[Graph.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = Reads[i] ? memory.TensorOf(i) : null;
        }

        var results = _run.Run(inputs);
        for (var i = 0; i < Plan.Outputs.Length; i++)
        {
            if (Plan.Outputs[i].Source == OutputSource.Native)
            {
                memory.SetResult(i, results[i]!);
            }
            else
            {
                results[i]?.Dispose();
            }
        }
    }
}
