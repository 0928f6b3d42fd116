using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>One use of a primitive in a graph.</summary>
/// <param name="Primitive">The operation.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Inputs">Its operands.</param>
/// <param name="Outputs">The variables it defines.</param>
public sealed record Equation(Primitive Primitive, Settings Settings, IReadOnlyList<Atom> Inputs, IReadOnlyList<Var> Outputs)
{
    /// <summary>The operand whose memory the only result takes, if the compiler chose one.</summary>
    public int? Overwrites { get; init; }

    /// <summary>Whether what it computes follows from sizes that vary, so that it is no constant.</summary>
    internal bool IsOfSizes { get; init; }

    /// <summary>The graphs that it runs, if it is a loop or a choice. They see nothing but its operands.</summary>
    public IReadOnlyList<Graph> Bodies => Settings is BodySettings settings ? settings.Bodies : [];

    /// <summary>Whether the ranks of the program exchange tensors in it, or in what it runs.</summary>
    internal bool Exchanges => Primitive.Exchanges || Bodies.Any(body => body.Exchanges);

    /// <summary>What it costs.</summary>
    public Cost Cost => Primitive.CostOf(
        Settings, [.. Inputs.Select(input => input.Type)], [.. Outputs.Select(output => output.Type)], Overwrites);
}

/// <summary>A tensor with known values that a graph uses.</summary>
/// <param name="Var">The variable that stands for it.</param>
/// <param name="Value">The tensor.</param>
public sealed record Constant(Var Var, Tensor Value)
{
    /// <summary>What two constants have in common that are the same tensor, or lie in the same memory. It is compared by content.</summary>
    internal object Identity => IdentityOf(Value);

    /// <summary>The <see cref="Identity"/> of a constant with this value.</summary>
    internal static object IdentityOf(Tensor value)
    {
        using var use = value.Use();
        return use.Buffer.DenseMemory(value.numel()) is not 0 and var memory ? (value.Type, memory) : value;
    }

    /// <summary>Whether another constant is the same tensor, or one over the same memory.</summary>
    internal bool IsSameAs(Constant other) => ReferenceEquals(Value, other.Value) || Identity.Equals(other.Identity);
}

/// <summary>A straight-line program in single-assignment form, without side effects.</summary>
/// <param name="Inputs">The parameters, in order.</param>
/// <param name="Constants">The tensors it captured.</param>
/// <param name="Equations">The operations, in an order in which every operand is defined before its use.</param>
/// <param name="Outputs">The results.</param>
public sealed record Graph(
    IReadOnlyList<Var> Inputs, IReadOnlyList<Constant> Constants, IReadOnlyList<Equation> Equations, IReadOnlyList<Atom> Outputs)
{
    /// <summary>The graph as text; equal graphs give equal text.</summary>
    public override string ToString() => GraphPrinter.Print(this);

    /// <summary>All equations, those of bodies too, however deep.</summary>
    internal IEnumerable<Equation> AllEquations() =>
        Equations.SelectMany(equation => equation.Bodies.SelectMany(body => body.AllEquations()).Prepend(equation));

    /// <summary>Whether the ranks of the program exchange tensors in it.</summary>
    internal bool Exchanges => Equations.Any(equation => equation.Exchanges);

    /// <summary>The positions of the inputs that some values are computed from.</summary>
    internal HashSet<int> NeededInputs(IEnumerable<Atom> values)
    {
        var needed = new HashSet<Atom>(values);
        for (var i = Equations.Count - 1; i >= 0; i--)
        {
            if (Equations[i].Outputs.Any(needed.Contains))
            {
                needed.UnionWith(Equations[i].Inputs);
            }
        }

        return [.. Inputs.Index().Where(input => needed.Contains(input.Item)).Select(input => input.Index)];
    }

    /// <summary>The same graph with other bodies of its equations; itself when none changes.</summary>
    internal Graph MapBodies(Func<Graph, Graph> function) => MapBodies((body, _) => function(body));

    /// <inheritdoc cref="MapBodies(Func{Graph, Graph})"/>
    internal Graph MapBodies(Func<Graph, BodySettings, Graph> function)
    {
        var changed = false;
        var equations = new Equation[Equations.Count];
        for (var i = 0; i < equations.Length; i++)
        {
            var equation = equations[i] = Equations[i];
            if (equation.Settings is BodySettings settings)
            {
                var bodies = settings.Bodies.Select(body => function(body, settings)).ToArray();
                if (!bodies.SequenceEqual(settings.Bodies, ReferenceEqualityComparer.Instance))
                {
                    equations[i] = equation with { Settings = settings.WithBodies(bodies) };
                    changed = true;
                }
            }
        }

        return changed ? this with { Equations = equations } : this;
    }

    /// <summary>Makes a graph of what a symbolic trace recorded.</summary>
    internal static Graph FromTrace(Trace trace, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs) =>
        FromOps(trace.Ops, inputs, outputs);

    /// <summary>Makes a graph of recorded ops. Concrete tensors become constants.</summary>
    internal static Graph FromOps(IReadOnlyCollection<RecordedOp> ops, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs)
    {
        var atoms = new Dictionary<Tensor, Atom>(ReferenceEqualityComparer.Instance);
        var constants = new List<Constant>();
        var parameters = new Var[inputs.Count];
        for (var i = 0; i < inputs.Count; i++)
        {
            atoms.Add(inputs[i], parameters[i] = new Var(inputs[i].Type));
        }

        Atom AtomOf(Tensor tensor)
        {
            if (tensor.Number is { } number)
            {
                return new Literal(number);
            }

            if (!atoms.TryGetValue(tensor, out var atom))
            {
                tensor.ThrowIfUnusable();
                // An owner of its own: the caller may free or give away the captured tensor.
                var constant = new Constant(new Var(tensor.Type), tensor.Alias());
                constants.Add(constant);
                atoms.Add(tensor, atom = constant.Var);
            }

            return atom;
        }

        var equations = new List<Equation>(ops.Count);
        foreach (var op in ops)
        {
            var operands = Array.ConvertAll(op.Inputs, AtomOf);
            var results = Array.ConvertAll(op.Outputs, output => new Var(output.Type));
            for (var i = 0; i < results.Length; i++)
            {
                atoms.Add(op.Outputs[i], results[i]);
            }

            equations.Add(new Equation(op.Primitive, op.Settings, operands, results) { IsOfSizes = op.IsOfSizes });
        }

        return new Graph(parameters, constants, equations, [.. outputs.Select(AtomOf)]);
    }
}
