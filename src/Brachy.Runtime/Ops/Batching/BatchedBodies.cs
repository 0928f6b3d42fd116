using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>What is said of the graphs that loops and choices run, when they are run for a batch.</summary>
internal static class BatchedBodies
{
    /// <summary>Whether a use of a primitive may differ from sample to sample even if none of its operands does.</summary>
    public static bool DependsOnSample(Settings settings, BatchContext context) => settings switch
    {
        AxisSettings axis => axis.Axis == context.Axis,
        BodySettings body => body.Bodies.SelectMany(graph => graph.AllEquations()).Any(equation =>
            equation.Settings is AxisSettings axis ? axis.Axis == context.Axis
                : equation.Primitive.DrawsByKey && context.Randomness != Randomness.Same),
        _ => false,
    };

    /// <summary>Which results of a graph may differ from sample to sample, for inputs of which some do.</summary>
    public static bool[] BatchedOutputs(Graph graph, IReadOnlyList<bool> inputs, BatchContext context)
    {
        var batched = new HashSet<Atom>(graph.Inputs.Where((_, i) => inputs[i]));
        if (context.Randomness == Randomness.Different)
        {
            var keys = BatchedKeys.Of(graph);
            batched.UnionWith(graph.Constants.Select(constant => constant.Var).Where(keys.Contains));
        }

        foreach (var equation in graph.Equations)
        {
            if (equation.Inputs.Any(batched.Contains) || DependsOnSample(equation.Settings, context)
                || (equation.Primitive.DrawsByKey && context.Randomness == Randomness.Different))
            {
                batched.UnionWith(equation.Outputs);
            }
        }

        return [.. graph.Outputs.Select(batched.Contains)];
    }

    /// <summary>The tensor of a value as one that differs from sample to sample, if it should.</summary>
    public static Tensor As(bool isBatched, BatchedTensor value, BatchContext context) =>
        isBatched && !value.IsBatched ? F.expand(value.Value, [context.Size, .. value.Value.shape]) : value.Value;

    /// <summary>A gradient of a batch: of each sample, or the sum over all samples where they share what it is the gradient of.</summary>
    public static Tensor Fit(BatchedTensor gradient, bool isBatched, BatchContext context) => isBatched ? As(true, gradient, context)
        : gradient.IsBatched ? F.sum(gradient.Value, 0).to(gradient.Value.dtype)
        : gradient.Value * context.Size;

    /// <summary>The type of a value of one sample, for a batch if it should be.</summary>
    public static TensorType TypeOf(bool isBatched, TensorType type, BatchContext context) =>
        isBatched ? type.WithShape([context.Size, .. type.Shape]) : type;

    /// <summary>New values where a condition of each sample holds, old ones elsewhere.</summary>
    /// <param name="condition">A truth value for each sample, or one for all.</param>
    /// <param name="values">The values where it holds; they differ from sample to sample if the condition does.</param>
    /// <param name="others">The values elsewhere.</param>
    public static Tensor Choose(Tensor condition, Tensor values, Tensor others) =>
        F.where(condition.ndim == 0 ? condition : F.reshape(condition, [condition.shape[0], .. Enumerable.Repeat(1L, values.ndim - 1)]),
            values, others);
}
