using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>
/// Proves of a data-parallel function, from what was traced, that the trees that it gives are equal on all ranks if those that it takes
/// are: a value is equal when it is computed from equal ones, or by an exchange that gives all ranks the same. Whether ranks come to an
/// exchange must not depend on what is a rank's own.
/// </summary>
internal sealed class EqualOnRanks
{
    private readonly string _name;

    private EqualOnRanks(string name) => _name = name;

    /// <summary>Throws when a tree that a function gives may differ between the ranks.</summary>
    /// <param name="name">The function.</param>
    /// <param name="graph">What it does.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="result">Its result.</param>
    /// <exception cref="InvalidOperationException">
    /// A tensor of a tree depends on the rank, or whether a rank comes to an exchange does.
    /// </exception>
    public static void Require(string name, Graph graph, TreeDef arguments, TreeDef result)
    {
        var equal = new EqualOnRanks(name).Of(
            graph, [.. graph.Inputs.Select((input, i) => IsEqualArgument(arguments.LeafOwners![i], input.Type))]);
        for (var i = 0; i < result.LeafCount; i++)
        {
            if (result.LeafOwners![i] == LeafOwner.Tree && !equal[i])
            {
                throw new InvalidOperationException(
                    $"{name}: '{result.LeafPaths![i]}' depends on the rank's own share of the batch, so that the ranks' trees would differ "
                    + "after a step. Optimizer.Step and gradients taken in the function are means over the ranks; what else is made of the "
                    + $"batch must be combined before it goes into a tree, as by F.pmean(x, \"{Rank.Axis}\"), or be given as a plain "
                    + "tensor.");
            }
        }
    }

    /// <summary>Whether all ranks have the same argument: what is in trees, and numbers, such as a learning rate or a random key.</summary>
    public static bool IsEqualArgument(LeafOwner owner, TensorType type) =>
        owner == LeafOwner.Tree || (owner == LeafOwner.Argument && type.Rank == 0);

    /// <summary>For each result of a graph whether it is equal on all ranks.</summary>
    private bool[] Of(Graph graph, bool[] inputs)
    {
        var own = new HashSet<Atom>(graph.Inputs.Where((_, i) => !inputs[i]));
        foreach (var equation in graph.Equations)
        {
            var equal = Of(equation, [.. equation.Inputs.Select(input => !own.Contains(input))]);
            own.UnionWith(equation.Outputs.Where((_, i) => !equal[i]));
        }

        return [.. graph.Outputs.Select(output => !own.Contains(output))];
    }

    private bool[] Of(Equation equation, bool[] inputs)
    {
        var areEqual = Array.TrueForAll(inputs, equal => equal);
        return equation.Settings switch
        {
            LoopSettings loop => OfLoop(equation, loop, inputs),
            SwitchSettings choice => OfChoice(equation, choice, inputs),
            _ when equation.Primitive == F.AllReduce || equation.Primitive == F.RankGather || equation.Primitive == F.RankBroadcast
                => All(equation, true),
            _ when equation.Primitive == F.RankIndex || equation.Primitive == F.RankScatter => All(equation, false),
            _ when equation.Primitive.Renames => [.. equation.Outputs.Select((_, i) => inputs[i])],
            _ => All(equation, areEqual),
        };
    }

    private static bool[] All(Equation equation, bool equal) => [.. equation.Outputs.Select(_ => equal)];

    private bool[] OfChoice(Equation equation, SwitchSettings choice, bool[] inputs)
    {
        RequireTogether(equation, inputs[0], "which branch runs");
        var branches = choice.Bodies.Select(body => Of(body, inputs[1..])).ToArray();
        return [.. branches[0].Select((_, i) => inputs[0] && Array.TrueForAll(branches, branch => branch[i]))];
    }

    /// <summary>A carry is equal when it begins so, and each step leaves it so.</summary>
    private bool[] OfLoop(Equation equation, LoopSettings loop, bool[] inputs)
    {
        var values = inputs[loop.FirstCarry..];
        var isLengthEqual = !loop.HasCount || inputs[0];
        while (true)
        {
            bool[] ofCondition = [.. values[..loop.Carries], .. values[(loop.Carries + loop.Slices)..]];
            var isCountEqual = isLengthEqual && (loop.Condition is null || Of(loop.Condition.Graph, ofCondition)[0]);
            var step = Of(loop.Step.Graph, values);
            var next = values.Select((equal, i) => equal && (i >= loop.Carries || (step[i] && isCountEqual))).ToArray();
            if (next.SequenceEqual(values))
            {
                RequireTogether(equation, isCountEqual, "how often its body runs");
                return [.. Enumerable.Range(0, equation.Outputs.Count).Select(
                    i => isCountEqual && (i >= step.Length || (i < loop.Carries ? values[i] : step[i])))];
            }

            values = next;
        }
    }

    /// <summary>A rank that exchanges tensors when others do not waits for ever.</summary>
    private void RequireTogether(Equation equation, bool isEqual, string what)
    {
        if (!isEqual && equation.Exchanges)
        {
            throw new InvalidOperationException(
                $"{_name}: {equation.Primitive.Name} exchanges tensors with the other ranks, but {what} depends on the rank's own share of "
                + "the batch, so that ranks would wait for each other in vain. Combine what decides first, as by "
                + $"F.pmax(flag, \"{Rank.Axis}\"), or take the exchange out of the body.");
        }
    }
}
