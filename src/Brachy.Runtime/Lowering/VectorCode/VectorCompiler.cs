namespace Brachy.Compilation;

/// <summary>Lays the values of a graph out in memory and writes the steps that compute them.</summary>
internal sealed class VectorCompiler
{
    // Steps count bytes in 32 bits.
    private const long MostElements = 1 << 27;

    private readonly Graph _graph;
    private readonly MemoryPlan _plan;
    private readonly int _firstResult;
    private readonly int _scratch;
    private readonly Dictionary<Var, Layout> _layouts = [];
    private readonly Dictionary<Var, int> _resultMemory = [];
    private readonly List<Allocation> _allocations = [];
    private readonly List<VectorStep> _steps = [];

    private VectorCompiler(Graph graph, MemoryPlan plan)
    {
        (_graph, _plan) = (graph, plan);
        foreach (var variable in graph.Inputs.Concat(graph.Constants.Select(c => c.Var)))
        {
            _layouts.Add(
                variable,
                Layout.Dense(new Allocation(_layouts.Count, variable.Type.ByteSize, 0), variable.Type.DType, variable.Type.Shape));
        }

        _firstResult = _layouts.Count;
        _scratch = _firstResult + plan.ReturnedResults;
    }

    /// <summary>The program, or why there is none.</summary>
    public static (VectorProgram? Program, VectorRefusal? Refusal) Compile(Graph graph, MemoryPlan plan) =>
        new VectorCompiler(graph, plan).Compile();

    /// <summary>What a rule could not run of the bodies of its equation.</summary>
    public VectorRefusal? OfBody { get; set; }

    /// <summary>How many elements steps copy from one layout to another.</summary>
    public long CopiedElements { get; set; }

    public bool MayOverwrite(int equation, int operand) => !_plan.NeedsCopy(equation, operand);

    public Layout LayoutOf(Var variable) => _layouts[variable];

    public void SetLayout(Var variable, Layout layout) => _layouts.Add(variable, layout);

    public void Add(VectorStep step) => _steps.Add(step);

    public Layout MakeResult(Equation equation, int result, int index)
    {
        var variable = equation.Outputs[result];
        var layout = Overwritten(equation, variable, index)
            ?? (_resultMemory.TryGetValue(variable, out var memory)
                ? Layout.Dense(new Allocation(memory, variable.Type.ByteSize, index), variable.Type.DType, variable.Type.Shape)
            : MakeScratch(variable.Type, index));
        _layouts.Add(variable, layout);
        return layout;
    }

    public Layout MakeScratch(TensorType type, int index)
    {
        var allocation = new Allocation(_scratch, type.ByteSize, index);
        _allocations.Add(allocation);
        return Layout.Dense(allocation, type.DType, type.Shape);
    }

    private (VectorProgram? Program, VectorRefusal? Refusal) Compile()
    {
        FindResultMemory();
        for (var i = 0; i < _graph.Equations.Count; i++)
        {
            var equation = _graph.Equations[i];
            if (!IsPossible(equation) || !VectorKernels.All.TryGetValue(equation.Primitive, out var rule)
                || !rule(new VectorArgs(this, equation, i)))
            {
                return (null, new VectorRefusal(equation, OfBody));
            }

            foreach (var used in equation.Inputs.OfType<Var>().Concat(equation.Outputs))
            {
                _layouts[used].Allocation.LastUse = i;
            }
        }

        for (var i = 0; i < _plan.ReturnedResults; i++)
        {
            CopyToResult(_plan.NativeResults[i], _firstResult + i);
        }

        return (new VectorProgram(_steps, ScratchMemory.Pack(_allocations), CopiedElements), null);
    }

    private static bool IsPossible(Equation equation) => equation.Inputs.Concat(equation.Outputs).All(atom =>
        atom.Type.Device == Device.CPU && atom.Type.Shape.NumElements is > 0 and <= MostElements
        && atom.Type.DType is DType.Float32 or DType.Float64 or DType.Int64 or DType.Bool);

    /// <summary>The operand that an equation overwrites. What is a result has memory of its own, unless a donated input gives it.</summary>
    private Layout? Overwritten(Equation equation, Var variable, int index)
    {
        if (equation.Overwrites is not { } operand || _plan.NeedsCopy(index, operand))
        {
            return null;
        }

        var layout = _layouts[(Var)equation.Inputs[operand]];
        return layout.Allocation.Memory < _firstResult || !_resultMemory.ContainsKey(variable) ? layout : null;
    }

    /// <summary>Gives values that are results, perhaps in another shape, the memory of the result from the start.</summary>
    private void FindResultMemory()
    {
        var definitions = new Dictionary<Var, Equation>();
        foreach (var equation in _graph.Equations)
        {
            foreach (var output in equation.Outputs)
            {
                definitions.Add(output, equation);
            }
        }

        for (var i = 0; i < _plan.ReturnedResults; i++)
        {
            var value = _plan.NativeResults[i];
            while (definitions.GetValueOrDefault(value) is { Primitive: var primitive, Inputs: [Var source, ..] } && primitive == F.Reshape)
            {
                value = source;
            }

            if (definitions.ContainsKey(value))
            {
                _resultMemory.TryAdd(value, _firstResult + i);
            }
        }
    }

    private void CopyToResult(Var variable, int memory)
    {
        var layout = _layouts[variable];
        layout.Allocation.LastUse = _graph.Equations.Count;
        if (layout.Allocation.Memory != memory)
        {
            Add(CopyKernels.Copy(layout, Layout.Dense(new Allocation(memory, variable.Type.ByteSize, 0), layout.DType, layout.Shape)));
        }
    }
}
