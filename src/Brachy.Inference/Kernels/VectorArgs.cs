using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Writes the steps of one primitive.</summary>
/// <returns>False when it cannot for these operands and settings.</returns>
internal delegate bool VectorRule(VectorArgs x);

/// <summary>Writes the steps of one primitive, by its settings.</summary>
/// <returns>False when it cannot for these operands and settings.</returns>
internal delegate bool VectorRule<in TSettings>(VectorArgs x, TSettings settings)
    where TSettings : Settings;

/// <summary>Input of a rule that writes steps.</summary>
internal sealed class VectorArgs
{
    private readonly VectorCompiler _compiler;
    private readonly Instruction _instruction;
    private readonly int _index;
    private readonly long[]? _order;

    public VectorArgs(VectorCompiler compiler, Instruction instruction, int index)
    {
        _compiler = compiler;
        _instruction = instruction;
        _index = index;
        Types = [.. instruction.Inputs.Select(input => input.Type)];
        Chain = ProductChain.Of(instruction, index);
    }

    private VectorArgs(VectorArgs other, long[] order)
    {
        (_compiler, _instruction, _index, _order, Chain) = (other._compiler, other._instruction, other._index, order, other.Chain);
        Types = [.. other.Types.Select(type => type.IsNumber ? type : DimOrder.Of(type, order))];
    }

    /// <summary>What the rule computes: the primitive, and what follows it.</summary>
    public ProductChain Chain { get; init; }

    /// <summary>Where a value lies.</summary>
    public Layout LayoutOf(Var variable) => _compiler.LayoutOf(variable);

    /// <summary>
    /// The same operands and results with their dims in that order in which they lie in memory, for what does the same with each element:
    /// images whose channels lie side by side need no copies then.
    /// </summary>
    public VectorArgs InOneOrder()
    {
        var shape = Output().Shape;
        Layout[] whole =
            [.. Enumerable.Range(0, Count).Where(i => !IsNumber(i)).Select(i => this[i]).Where(layout => layout.Shape == shape)];
        var order = whole.Select(DimOrder.OfMemory).FirstOrDefault(found => found is not null);
        return order is null || whole.Count(layout => layout.IsDense) > whole.Count(layout => layout.Permuted(order).IsDense)
            || (_instruction.Overwrites is { } operand && !this[operand].Permuted(order).IsDense) ? this : new(this, order);
    }

    /// <summary>Whether a value is known and stays as it is.</summary>
    public bool IsConstant(Layout layout) => _compiler.IsConstant(layout);

    /// <summary>An operand in another order: made once of a constant, at each run of what is computed.</summary>
    /// <param name="layout">The operand.</param>
    /// <param name="order">The name of the order; together with the operand it says what is made.</param>
    /// <param name="length">How many elements it has there.</param>
    /// <param name="pack">Makes the step that writes it, of an operand in row-major order.</param>
    public Layout Packed(Layout layout, string order, long length, Func<Layout, Layout, VectorStep> pack)
    {
        if (_compiler.IsConstant(layout))
        {
            return _compiler.MakePacked(layout, order, length, pack);
        }

        var dense = Dense(layout);
        var packed = Scratch(layout.DType, [length]);
        AddCopied(length);
        Add(pack(dense, packed));
        return packed;
    }

    /// <summary>The rules for what bodies do.</summary>
    public IReadOnlyDictionary<string, VectorRule> Rules => _compiler.Rules;

    /// <summary>The name of the primitive.</summary>
    public string Op => _instruction.Op;

    /// <summary>Its settings.</summary>
    public Settings Settings => _instruction.Settings;

    /// <summary>What a loop or a choice runs.</summary>
    public IReadOnlyList<Routine> Bodies => _instruction.Bodies;

    /// <summary>The types of the operands.</summary>
    public IReadOnlyList<TensorType> Types { get; }

    /// <summary>The number of operands.</summary>
    public int Count => Types.Count;

    /// <summary>Whether an operand is a plain number.</summary>
    public bool IsNumber(int index) => Types[index].IsNumber;

    /// <summary>Where an operand lies, which is no plain number.</summary>
    public Layout this[int index] => _compiler.LayoutOf((Var)_instruction.Inputs[index]) is var layout && _order is null
        ? layout : DimOrder.Of(layout, _order);

    /// <summary>The types of the results.</summary>
    public TensorType Output(int result = 0) => _instruction.Outputs[result].Type is var type && _order is null
        ? type : DimOrder.Of(type, _order);

    /// <summary>An operand that is a plain number.</summary>
    public Scalar Number(int index) => ((Literal)_instruction.Inputs[index]).Value;

    /// <summary>An operand in row-major order, copied if it must be.</summary>
    public Layout Dense(int index) => Dense(this[index]);

    /// <summary>An operand in row-major order in an element type, converted if it must be.</summary>
    public Layout Dense(int index, DType dtype)
    {
        var layout = this[index];
        if (layout.DType == dtype)
        {
            return Dense(layout);
        }

        // A single value that is repeated is converted once.
        var result = Scratch(dtype, layout.Shape);
        AddRows(CopyKernels.Cast(Dense(layout), result));
        return result;
    }

    /// <summary>A layout in row-major order, copied if it must be.</summary>
    public Layout Dense(Layout layout)
    {
        if (layout.IsDense)
        {
            return layout;
        }

        var result = Scratch(layout.DType, layout.Shape);
        _compiler.CopiedElements += layout.Count;
        CopyKernels.AddCopy(this, layout, result);
        return result;
    }

    /// <summary>Memory for a result, in row-major order of its dims: that of the operand that it overwrites, or new.</summary>
    public Layout Result(int result = 0) => Chain.Positions.Count == 1
        ? _compiler.MakeResult(_instruction, result, _index, _order)
        : _compiler.MakeResult(Chain.Last with { Overwrites = null }, result, _index);

    /// <summary>Says that a result is other elements of memory that is there.</summary>
    public void Alias(Layout layout, int result = 0) => _compiler.SetLayout(Chain.Last.Outputs[result], layout);

    /// <summary>Whether anything reads a result.</summary>
    public bool IsUsed(int result) => _compiler.IsUsed(_instruction.Outputs[result]);

    /// <summary>Gives results that nothing reads a place, which nothing writes.</summary>
    public void AliasUnused()
    {
        foreach (var unused in _instruction.Outputs.Where(output => !_compiler.IsUsed(output)))
        {
            _compiler.SetLayout(unused, Layout.Dense(new Allocation(0, 0, _index), unused.Type.DType, unused.Type.Shape));
        }
    }

    /// <summary>Memory for the time of this primitive.</summary>
    public Layout Scratch(DType dtype, Shape shape) => _compiler.MakeScratch(new TensorType(shape, dtype), _index);

    /// <summary>Whether an operand that the primitive overwrites may be, and need not be copied.</summary>
    public bool MayOverwrite(int operand) => !_instruction.Kept.Contains(operand);

    /// <summary>Says what of a body cannot be run.</summary>
    /// <returns>False.</returns>
    public bool Refuse(VectorRefusal? body)
    {
        _compiler.OfBody = body;
        return false;
    }

    /// <summary>Counts elements that steps copy from one layout to another.</summary>
    public void AddCopied(long elements) => _compiler.CopiedElements += elements;

    /// <summary>Calls the rule for an element type.</summary>
    /// <returns>False when there is none.</returns>
    public bool OfType(DType dtype, VectorRule single, VectorRule twice, VectorRule? whole = null) => dtype switch
    {
        Brachy.DType.Float32 => single(this),
        Brachy.DType.Float64 => twice(this),
        Brachy.DType.Int64 => whole?.Invoke(this) == true,
        _ => false,
    };

    /// <summary>Calls the rule for an element type with the settings.</summary>
    /// <returns>False when there is none.</returns>
    public bool OfType<TSettings>(
        DType dtype, TSettings settings, VectorRule<TSettings> single, VectorRule<TSettings> twice, VectorRule<TSettings>? whole = null)
        where TSettings : Settings =>
        OfType(dtype, x => single(x, settings), x => twice(x, settings), whole is null ? null : x => whole(x, settings));

    /// <summary>Adds a step that is done as a whole.</summary>
    public void Add(VectorStep step) => _compiler.Add(step, _index);

    /// <summary>Adds a step whose rows do not depend on each other.</summary>
    /// <inheritdoc cref="RowStep"/>
    public void AddRows(int rows, IReadOnlyList<Layout> reads, IReadOnlyList<Layout> writes, RowFunction run, params Layout?[] whole) =>
        AddRows(new RowStep(rows, reads, writes, [.. whole.OfType<Layout>()], run));

    /// <summary>Adds a step whose rows do not depend on each other.</summary>
    public void AddRows(RowStep step) => _compiler.Add(step, _index);
}
