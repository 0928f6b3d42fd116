namespace Brachy.Compilation;

/// <summary>A compiled graph that runs as a whole, by a plan for its memory.</summary>
/// <param name="graph">The graph.</param>
/// <param name="plan">What its code overwrites, and where the results come from.</param>
/// <param name="donated">For each input whether a run takes it over.</param>
internal abstract class PlannedExecutable(Graph graph, MemoryPlan plan, bool[] donated) : Executable(graph, donated)
{
    // In use for good: whoever frees the constants of a graph that it was shown must not free what code reads.
    private readonly Buffer[] _constants = [.. graph.Constants.Select(c => c.Value.BeginUse())];

    public MemoryPlan Plan { get; } = plan;

    /// <summary>
    /// The types of what the code computes; of those of inputs the same objects, by which the next call knows results that go into it.
    /// </summary>
    public TensorType[] ResultTypes { get; } = FindTypes(graph, plan);

    public bool TakesDonations { get; } = donated.Contains(true);

    /// <summary>
    /// For each result whether it is freed before whoever runs a program of several parts gets any; so the garbage collector need not
    /// know of its memory. Null for none.
    /// </summary>
    public bool[]? Temporaries { get; set; }

    /// <summary>For each input whether an equation reads it. The code is not given the others, which need not be in use.</summary>
    public bool[] Reads { get; } = FindReads(graph);

    /// <summary>The inputs whose memory a run has: what it reads, and what is donated.</summary>
    public int[] Held { get; } =
        [.. FindReads(graph).Index().Where(input => input.Item || donated[input.Index]).Select(input => input.Index)];

    /// <inheritdoc/>
    public override Tensor[] Run(ReadOnlySpan<Tensor> inputs, string consumer, IReadOnlyList<string>? paths)
    {
        using var memory = new RunMemory(inputs, this, consumer, paths);
        try
        {
            Compute(memory);
        }
        catch (NativeOpException) when (Plan.MayFailAfterOverwriting)
        {
            memory.GiveUpOverwritten();
            throw;
        }

        return memory.Finish();
    }

    /// <summary>A constant as a result: a tensor of its own over the same memory.</summary>
    public Tensor ConstantAsResult(int constant) => new(Graph.Constants[constant].Var.Type, _constants[constant].Alias());

    /// <summary>The memory of the tensors that the graph captured, which the executable uses as long as it lives.</summary>
    protected ReadOnlySpan<Buffer> Constants => _constants;

    /// <summary>Computes the results whose source is <see cref="OutputSource.Native"/>, and hands them over.</summary>
    protected abstract void Compute(in RunMemory memory);

    /// <summary>For each input whether an equation reads it.</summary>
    public static bool[] FindReads(Graph graph)
    {
        var read = graph.Equations.SelectMany(equation => equation.Inputs).ToHashSet();
        return [.. graph.Inputs.Select(read.Contains)];
    }

    private static TensorType[] FindTypes(Graph graph, MemoryPlan plan)
    {
        var known = graph.Inputs.Select(input => input.Type).ToHashSet();
        return [.. plan.NativeResults.Select(result => known.TryGetValue(result.Type, out var type) ? type : result.Type)];
    }
}
