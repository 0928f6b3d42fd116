namespace Brachy.Compilation;

/// <summary>A part of a staged program. Values have numbers: the inputs of the graph, its constants, and what its equations give.</summary>
/// <param name="inputs">The values that it is given.</param>
/// <param name="outputs">The values that it gives.</param>
internal abstract class StageStep(int[] inputs, int[] outputs)
{
    public int[] Inputs { get; } = inputs;

    public int[] Outputs { get; } = outputs;

    /// <summary>The values that no later step needs.</summary>
    public int[] Dead { get; set; } = [];
}

/// <summary>Code of a backend.</summary>
/// <param name="graph">The graph.</param>
/// <param name="donated">For each input whether the caller of the whole program gives it away.</param>
/// <param name="inputs">The values that it is given.</param>
/// <param name="outputs">The values that it gives.</param>
internal sealed class CodeStep(Graph graph, bool[] donated, int[] inputs, int[] outputs) : StageStep(inputs, outputs)
{
    public Graph Graph { get; } = graph;

    /// <summary>For each input whether the code takes it over: what the caller gives away, and what no later step needs.</summary>
    public bool[] Donated() => [.. donated.Select((own, i) => own || Dead.Contains(Inputs[i]))];
}

/// <summary>Ops in which ranks exchange tensors, none of which needs another.</summary>
/// <param name="equations">The ops, in the order of the program, which is that of all ranks; each has one operand and one result.</param>
/// <param name="inputs">The operand of each; -1 for a plain number.</param>
/// <param name="outputs">The result of each.</param>
internal sealed class ExchangeStep(IReadOnlyList<Equation> equations, int[] inputs, int[] outputs) : StageStep(inputs, outputs)
{
    public IReadOnlyList<Equation> Equations { get; } = equations;
}

/// <summary>A loop or a choice in which ranks exchange tensors.</summary>
/// <param name="equation">The loop or choice.</param>
/// <param name="operands">Its operands: the number of a value; -1 for a plain number.</param>
/// <param name="outputs">Its results.</param>
internal sealed class BodyStep(Equation equation, int[] operands, int[] outputs) : StageStep(operands, outputs)
{
    public Equation Equation { get; } = equation;
}
