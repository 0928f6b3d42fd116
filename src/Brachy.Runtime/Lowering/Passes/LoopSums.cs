using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// A loop that adds a matrix product, or a sum, to a carry in each step, as the gradients of weights are, becomes a loop that stacks the
/// factors, and one large product behind it. Mostly the factors are in stacks already.
/// </summary>
internal static class LoopSums
{
    public static Graph Run(Graph graph) => GraphReplay.Rewrite(graph, (replay, equation, operands) =>
        equation.Settings is LoopSettings { Condition: null, HasCount: false, Length: > 0 } loop
            ? Rewrite(replay, equation, loop, operands)
            : null);

    private static IReadOnlyList<Tensor>? Rewrite(GraphReplay replay, Equation equation, LoopSettings loop, Tensor[] operands)
    {
        var step = new SummingStep(loop);
        var sums = Enumerable.Range(0, loop.Carries).Select(carry => (Carry: carry, Terms: step.TermsOf(carry)))
            .Where(sum => sum.Terms is not null).ToArray();
        if (sums.Length == 0)
        {
            return null;
        }

        // The carries are left to the dead-code pass.
        var graph = loop.Step.Graph;
        Atom[] outputs = [.. graph.Outputs, .. step.NewStacks];
        var results = equation.Primitive.BindUntyped(loop with { Step = graph with { Outputs = outputs } }, operands);
        var stacks = new Dictionary<Atom, Tensor>();
        for (var i = loop.Carries; i < outputs.Length; i++)
        {
            stacks.TryAdd(outputs[i], results[i]);
        }

        Tensor StackOf(Atom value) => step.SliceOf(value) is { } slice ? operands[loop.FirstSlice + slice] : stacks[value];
        var known = results[..graph.Outputs.Count];
        foreach (var (carry, terms) in sums)
        {
            var sum = terms!.Select(term => term.OverAllSteps(StackOf)).Aggregate((left, right) => left + right);
            var first = operands[loop.FirstCarry + carry];
            known[carry] = IsZero(replay, first) ? sum : first + sum;
        }

        return known;
    }

    private static bool IsZero(GraphReplay replay, Tensor value) =>
        replay.DefinitionOf(value, F.Full) is { } full && F.Full.SettingsOf(full).Value.ToDouble() == 0;
}

/// <summary>The step of a loop, as far as it adds to its carries.</summary>
internal sealed class SummingStep
{
    private readonly LoopSettings _loop;
    private readonly Dictionary<Atom, Equation> _definitions = [];
    private readonly Dictionary<Atom, int> _uses = [];
    private readonly Dictionary<Atom, int> _slices = [];
    private readonly HashSet<Atom> _stacks;
    private readonly HashSet<Atom> _fixed;
    private readonly List<Atom> _newStacks = [];

    // What the new stacks may take: no more than the loop's stacks take already.
    private long _room;

    public SummingStep(LoopSettings loop)
    {
        _loop = loop;
        var graph = loop.Step.Graph;
        foreach (var equation in graph.Equations)
        {
            foreach (var output in equation.Outputs)
            {
                _definitions.Add(output, equation);
            }
        }

        foreach (var (atom, count) in graph.Equations.SelectMany(equation => equation.Inputs).Concat(graph.Outputs).CountBy(atom => atom))
        {
            _uses.Add(atom, count);
        }

        foreach (var (i, slice) in graph.Inputs.Skip(loop.Carries).Take(loop.Slices).Index())
        {
            _slices.Add(slice, i);
        }

        _stacks = [.. graph.Outputs.Skip(loop.Carries)];
        _fixed = [.. graph.Inputs.Skip(loop.Carries + loop.Slices), .. graph.Constants.Select(constant => constant.Var)];
        _room = _slices.Keys.Concat(_stacks).Sum(value => value.Type.ByteSize);
    }

    /// <summary>What the loop must stack besides what it does.</summary>
    public IReadOnlyList<Atom> NewStacks => _newStacks;

    /// <summary>The position of a value among the slices that the loop reads.</summary>
    public int? SliceOf(Atom value) => _slices.TryGetValue(value, out var slice) ? slice : null;

    /// <summary>What the step adds to a carry that it uses for nothing else; null if that is not what it does.</summary>
    public IReadOnlyList<SummedTerm>? TermsOf(int carry)
    {
        var graph = _loop.Step.Graph;
        var (before, after) = (graph.Inputs[carry], graph.Outputs[carry]);
        if (!before.Type.DType.IsFloatingPoint() || _uses.GetValueOrDefault(before) != 1 || IsOwn(after, F.Add) is not { } sum
            || !sum.Inputs.Contains(before))
        {
            return null;
        }

        var (terms, stacks, room) = (new List<SummedTerm>(), _newStacks.Count, _room);
        if (Collect(sum.Inputs[ReferenceEquals(sum.Inputs[0], before) ? 1 : 0], before.Type, terms))
        {
            return terms;
        }

        _newStacks.RemoveRange(stacks, _newStacks.Count - stacks);
        _room = room;
        return null;
    }

    private bool Collect(Atom value, TensorType type, List<SummedTerm> terms)
    {
        // Not by recursion: a step may use a weight thousands of times.
        var open = new Stack<Atom>([value]);
        while (open.TryPop(out var next))
        {
            if (!next.Type.Equals(type))
            {
                return false;
            }

            if (IsOwn(next, F.Add) is { } sum)
            {
                open.Push(sum.Inputs[1]);
                open.Push(sum.Inputs[0]);
            }
            else if (TermOf(next) is { } term)
            {
                terms.Add(term);
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private SummedTerm? TermOf(Atom value)
    {
        if (IsOwn(value, F.MatMul) is { } product && product.Inputs.All(factor => factor.Type.Rank == 2))
        {
            var (left, right) = (MatrixOf(product.Inputs[0]), MatrixOf(product.Inputs[1]));
            return CanStack(left.Stored) && CanStack(right.Stored) ? new SummedTerm.Product(left, right) : null;
        }

        return IsOwn(value, F.Sum) is { } total && F.Sum.SettingsOf(total) is { KeepDim: false } settings
            && total.Inputs[0].Type.DType == settings.DType && CanStack(total.Inputs[0])
            ? new SummedTerm.Total(total.Inputs[0], settings.Dims)
            : null;
    }

    /// <summary>The equation of this primitive that makes a value, if only one thing reads it.</summary>
    private Equation? IsOwn(Atom value, Primitive primitive) =>
        _uses.GetValueOrDefault(value) == 1 && _definitions.TryGetValue(value, out var equation) && equation.Primitive == primitive
            ? equation
            : null;

    private SummedTerm.Matrix MatrixOf(Atom value) =>
        _definitions.TryGetValue(value, out var equation) && equation.Primitive == F.Permute
            && F.Permute.SettingsOf(equation).Dims.Sizes is [1 or -1, 0 or -2]
            ? new(equation.Inputs[0], IsTransposed: true)
            : new(value, IsTransposed: false);

    private bool CanStack(Atom value)
    {
        if (value is Literal || _fixed.Contains(value))
        {
            return false;
        }

        if (_slices.ContainsKey(value) || _stacks.Contains(value) || _newStacks.Contains(value))
        {
            return true;
        }

        _room -= value.Type.ByteSize;
        _newStacks.Add(value);
        return _room >= 0;
    }
}

/// <summary>What each step of a loop adds to a carry.</summary>
internal abstract record SummedTerm
{
    /// <summary>The sum of it over all steps.</summary>
    /// <param name="stackOf">The values of all steps.</param>
    public abstract Tensor OverAllSteps(Func<Atom, Tensor> stackOf);

    /// <summary>A matrix.</summary>
    /// <param name="Stored">The matrix as it is stacked.</param>
    /// <param name="IsTransposed">Whether it is the transpose of that.</param>
    public sealed record Matrix(Atom Stored, bool IsTransposed);

    /// <summary>A product of two matrices, [m, k] and [k, n]: over all steps it is one of [m, steps · k] and [steps · k, n].</summary>
    public sealed record Product(Matrix Left, Matrix Right) : SummedTerm
    {
        public override Tensor OverAllSteps(Func<Atom, Tensor> stackOf) => F.matmul(
            F.permute(Rows(stackOf(Left.Stored), Left.IsTransposed), 1, 0), Rows(stackOf(Right.Stored), !Right.IsTransposed));

        /// <summary>All matrices below each other, [steps · k, m], of [steps, k, m] or [steps, m, k].</summary>
        private static Tensor Rows(Tensor stack, bool isInOrder)
        {
            var matrices = isInOrder ? stack : F.permute(stack, 0, 2, 1);
            return F.reshape(matrices, matrices.shape[0] * matrices.shape[1], matrices.shape[2]);
        }
    }

    /// <summary>A sum over some dims.</summary>
    public sealed record Total(Atom Value, Shape Dims) : SummedTerm
    {
        public override Tensor OverAllSteps(Func<Atom, Tensor> stackOf) => F.sum(stackOf(Value), [0, .. Dims.Select(dim => dim + 1)]);
    }
}
