namespace Brachy.Compilation;

/// <summary>Lays the values of a graph out in memory and writes the steps that compute them.</summary>
internal sealed class VectorCompiler
{
    /// <summary>The most elements of a value: steps count bytes in 32 bits.</summary>
    public const long MostElements = 1 << 27;

    // What multiplies weights of 8 bits, and what has bodies that do.
    private static readonly HashSet<string> s_takesIntegers = ["linear_int8", "scan", "while", "switch"];

    // Images come as bytes.
    private static readonly HashSet<string> s_takesBytes =
        ["cast", "reshape", "contiguous", "alias", "stop_gradient", "expand", "permute", "slice", "select", "flip"];

    private readonly Routine _routine;
    private readonly int _firstResult;
    private readonly int _scratch;
    private readonly Dictionary<(int Memory, long Offset, string Order), Layout> _packed = [];
    private readonly List<VectorStep> _preparation = [];
    private readonly IReadOnlyDictionary<Var, List<int>> _users;
    private long _packedBytes;
    private readonly Dictionary<Var, Layout> _layouts = [];
    private readonly Dictionary<Var, int> _resultMemory = [];
    private readonly List<Allocation> _allocations = [];
    private readonly StepList _steps = new();

    private VectorCompiler(Routine routine, IReadOnlyDictionary<string, VectorRule> rules)
    {
        (_routine, Rules, _users) = (routine, rules, ProductChain.UsersOf(routine));
        foreach (var variable in routine.Inputs.Concat(routine.Constants))
        {
            _layouts.Add(
                variable,
                Layout.Dense(new Allocation(_layouts.Count, variable.Type.ByteSize, 0), variable.Type.DType, variable.Type.Shape));
        }

        _firstResult = _layouts.Count;
        _scratch = _firstResult + routine.NewResults.Count;
    }

    /// <summary>The rules by the names of primitives.</summary>
    public IReadOnlyDictionary<string, VectorRule> Rules { get; }

    /// <summary>The program, or why there is none.</summary>
    /// <param name="routine">What to compile.</param>
    /// <param name="rules">The rules by the names of primitives; those of inference by default.</param>
    public static (VectorProgram? Program, VectorRefusal? Refusal) Compile(
        Routine routine, IReadOnlyDictionary<string, VectorRule>? rules = null) =>
        new VectorCompiler(routine, rules ?? VectorKernels.All).Compile();

    /// <summary>What a rule could not run of the bodies of its equation.</summary>
    public VectorRefusal? OfBody { get; set; }

    /// <summary>How many elements steps copy from one layout to another.</summary>
    public long CopiedElements { get; set; }

    /// <summary>Whether an equation reads a value, or it is a result.</summary>
    public bool IsUsed(Var variable) => _users.ContainsKey(variable);

    public Layout LayoutOf(Var variable) => _layouts[variable];

    public void SetLayout(Var variable, Layout layout) => _layouts.Add(variable, layout);

    public void Add(VectorStep step, int index) => _steps.Add(step, index);

    public void Add(RowStep step, int index) => _steps.Add(step, index);

    /// <summary>Whether a value is a constant of the graph, or a part of one.</summary>
    public bool IsConstant(Layout layout) =>
        layout.Allocation.Memory >= _routine.Inputs.Count && layout.Allocation.Memory < _firstResult;

    /// <summary>A constant in another order, which is made once.</summary>
    public Layout MakePacked(Layout constant, string order, long length, Func<Layout, Layout, VectorStep> pack)
    {
        var key = (constant.Allocation.Memory, constant.Offset, $"{order} {constant.Shape} {string.Join(' ', constant.Strides)} {length}");
        if (!_packed.TryGetValue(key, out var packed))
        {
            packed = Layout.Dense(NewPacked(length * constant.DType.ItemSize()), constant.DType, [length]);
            if (!constant.IsDense)
            {
                var dense = Layout.Dense(NewPacked(constant.Count * (long)constant.DType.ItemSize()), constant.DType, constant.Shape);
                _preparation.Add(CopyKernels.Copy(constant, dense));
                constant = dense;
            }

            _preparation.Add(pack(constant, packed));
            _packed.Add(key, packed);
        }

        return packed;
    }

    /// <summary>Memory for a result.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="result">Which result.</param>
    /// <param name="index">The position of the instruction.</param>
    /// <param name="order">The order of its dims in which it is written without gaps; null for that of the type.</param>
    /// <returns>The result with its dims in this order.</returns>
    public Layout MakeResult(Instruction instruction, int result, int index, long[]? order = null)
    {
        var variable = instruction.Outputs[result];
        var type = order is null ? variable.Type : DimOrder.Of(variable.Type, order);
        var layout = Overwritten(instruction, variable, order)
            ?? (order is null && _resultMemory.TryGetValue(variable, out var memory)
                ? Layout.Dense(new Allocation(memory, type.ByteSize, index), type.DType, type.Shape)
            : MakeScratch(type, index));
        _layouts.Add(variable, order is null ? layout : layout.Permuted(Permutation.Inverse(order)));
        return layout;
    }

    public Layout MakeScratch(TensorType type, int index)
    {
        var allocation = new Allocation(_scratch, type.ByteSize, index);
        _allocations.Add(allocation);
        return Layout.Dense(allocation, type.DType, type.Shape);
    }

    private Allocation NewPacked(long bytes)
    {
        var offset = _packedBytes;
        _packedBytes += (bytes + ScratchMemory.Alignment - 1) / ScratchMemory.Alignment * ScratchMemory.Alignment;
        return new Allocation(_scratch + 1, bytes, 0) { Offset = offset };
    }

    private (VectorProgram? Program, VectorRefusal? Refusal) Compile()
    {
        FindResultMemory();
        var chains = FindChains();
        for (var i = 0; i < _routine.Instructions.Count; i++)
        {
            if (!chains.TryGetValue(i, out var chain))
            {
                continue;
            }

            var (instruction, links) = chain;
            if (!IsPossible(instruction) || !Rules.TryGetValue(instruction.Op, out var rule)
                || !rule(new VectorArgs(this, instruction, i) { Chain = links }))
            {
                return (null, new VectorRefusal(instruction, OfBody));
            }

            foreach (var used in instruction.Inputs.Append(links.Term).OfType<Var>().Concat(links.Last.Outputs))
            {
                _layouts[used].Allocation.LastUse = i;
            }
        }

        for (var i = 0; i < _routine.NewResults.Count; i++)
        {
            CopyToResult(_routine.NewResults[i], _firstResult + i);
        }

        var values = _allocations.ToHashSet();
        _steps.Settle(values, _scratch, _scratch + (_packedBytes > 0 ? 2 : 1));
        var scratchBytes = ScratchMemory.Pack([.. values.OrderBy(value => value.FirstUse)]);
        return (new VectorProgram(_steps.Steps, scratchBytes, CopiedElements, _preparation, _packedBytes), null);
    }

    /// <summary>What is done at which position: a product with what follows it comes where the last of that is.</summary>
    private Dictionary<int, (Instruction Instruction, ProductChain Chain)> FindChains()
    {
        // What overwrites an input must be left where it is.
        var mayWait = _routine.Outputs.All(output => output.Source != OutputSource.OverwrittenInput);
        var chains = new Dictionary<int, (Instruction, ProductChain)>();
        var taken = new HashSet<int>();
        var known = _routine.Constants.ToHashSet<Atom>();
        for (var i = 0; i < _routine.Instructions.Count; i++)
        {
            if (!taken.Contains(i))
            {
                var instruction = _routine.Instructions[i];
                var chain = mayWait && ProductChain.Begins(instruction, known.Contains)
                    ? ProductChain.Find(_routine, i, _users, taken) : ProductChain.Of(instruction, i);
                taken.UnionWith(chain.Positions);
                chains.Add(chain.Positions[^1], (instruction, chain));
            }
        }

        return chains;
    }

    private static bool IsPossible(Instruction instruction) => instruction.Inputs.Concat(instruction.Outputs).All(atom =>
        atom.Type.Device == Device.CPU && atom.Type.Shape.NumElements is > 0 and <= MostElements
        && (atom.Type.DType is DType.Float32 or DType.Float64 or DType.Int64 or DType.Bool
            || (atom.Type.DType == DType.Int8 && s_takesIntegers.Contains(instruction.Op))
            || (atom.Type.DType == DType.UInt8 && s_takesBytes.Contains(instruction.Op))));

    /// <summary>
    /// The operand that an instruction overwrites, if it lies in the order in which the rule writes. What is a result has memory of its
    /// own, unless a donated input gives it.
    /// </summary>
    private Layout? Overwritten(Instruction instruction, Var variable, long[]? order)
    {
        if (instruction.Overwrites is not { } operand)
        {
            return null;
        }

        var layout = _layouts[(Var)instruction.Inputs[operand]];
        layout = order is null ? layout : layout.Permuted(order);
        return layout.IsDense && (layout.Allocation.Memory < _firstResult || !_resultMemory.ContainsKey(variable)) ? layout : null;
    }

    /// <summary>Gives values that are results, perhaps in another shape, the memory of the result from the start.</summary>
    private void FindResultMemory()
    {
        var definitions = new Dictionary<Var, Instruction>();
        foreach (var instruction in _routine.Instructions)
        {
            foreach (var output in instruction.Outputs)
            {
                definitions.Add(output, instruction);
            }
        }

        for (var i = 0; i < _routine.NewResults.Count; i++)
        {
            var value = _routine.NewResults[i];
            while (definitions.GetValueOrDefault(value) is { Op: "reshape", Inputs: [Var source, ..] })
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
        layout.Allocation.LastUse = _routine.Instructions.Count;
        if (layout.Allocation.Memory != memory)
        {
            _steps.Add(
                CopyKernels.Copy(layout, Layout.Dense(new Allocation(memory, variable.Type.ByteSize, 0), layout.DType, layout.Shape)),
                _routine.Instructions.Count);
        }
    }
}
