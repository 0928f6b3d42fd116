using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// The values of a body inside another one that takes its gradient: those that were kept, and those that are computed again.
/// </summary>
/// <param name="graph">The body.</param>
/// <param name="kept">The tensor that holds a value; null for none.</param>
internal sealed class BodyValues(Graph graph, Func<Atom, Tensor?> kept)
{
    private readonly Dictionary<Atom, Tensor> _values = [];

    public Tensor this[Atom atom] => atom is Literal literal ? Tensor.OfNumber(literal.Value) : _values[atom];

    public void Set(Atom atom, Tensor value) => _values.Add(atom, value);

    /// <summary>All ops of the body, as they were recorded, over these values.</summary>
    public RecordedOp[] Replay()
    {
        foreach (var input in graph.Inputs)
        {
            if (kept(input) is { } value)
            {
                _values.TryAdd(input, value);
            }
        }

        foreach (var constant in graph.Constants)
        {
            _values.Add(constant.Var, constant.Value);
        }

        return [.. graph.Equations.Select(Replay)];
    }

    /// <summary>The values that have a gradient by some inputs.</summary>
    public static HashSet<Atom> Dependents(Graph graph, bool[] inputs)
    {
        var dependent = new HashSet<Atom>(graph.Inputs.Where((input, i) => inputs[i] && input.Type.DType.IsFloatingPoint()));
        foreach (var equation in graph.Equations)
        {
            if (!equation.Primitive.VjpRule.IsZero && equation.Inputs.Any(dependent.Contains))
            {
                dependent.UnionWith(equation.Outputs.Where(output => output.Type.DType.IsFloatingPoint()));
            }
        }

        return dependent;
    }

    /// <summary>
    /// For each input of a loop's step whether it depends on some operands, through the steps before, too: the first inputs are carries.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="carries">How many inputs are carries, which the first outputs are after the step.</param>
    /// <param name="isFirst">Whether an input does so before any step.</param>
    public static bool[] Active(Graph step, int carries, Func<int, bool> isFirst)
    {
        bool[] active = [.. step.Inputs.Select((_, i) => isFirst(i))];
        bool changed;
        do
        {
            changed = false;
            var dependent = Dependents(step, active);
            for (var i = 0; i < carries; i++)
            {
                if (!active[i] && dependent.Contains(step.Outputs[i]))
                {
                    active[i] = changed = true;
                }
            }
        }
        while (changed);

        return active;
    }

    /// <summary>Lets tensors be the results of an op whose derivative computes them as well.</summary>
    /// <param name="x">The op.</param>
    /// <param name="values">What its results are.</param>
    public static void Replace(JvpArgs x, Tensor[] values)
    {
        if (x.MayReplace)
        {
            Trace.Current!.Replace(
                x.Op, values.Select((value, i) => new RecordedOp(F.Alias, Settings.None, [value], [x.Outputs[i]])));
        }
    }

    private RecordedOp Replay(Equation equation)
    {
        Tensor[] operands = [.. equation.Inputs.Select(atom => this[atom])];
        Tensor?[] results = [.. equation.Outputs.Select(kept)];
        if (results.Contains(null))
        {
            var again = equation.Primitive.BindUntyped(equation.Settings, operands);
            results = [.. results.Select((result, i) => result ?? again[i])];
        }

        for (var i = 0; i < results.Length; i++)
        {
            _values.Add(equation.Outputs[i], results[i]!);
        }

        return new RecordedOp(equation.Primitive, equation.Settings, operands, results!);
    }
}
