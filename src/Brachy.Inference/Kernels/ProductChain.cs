namespace Brachy.Compilation;

/// <summary>A product with what follows it alone, which is done while it is in the cache: a sum, then a function of each element.</summary>
/// <param name="Positions">Where its instructions are.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Term">What is added, of the type of the product; null for nothing.</param>
/// <param name="Function">The function; null for none.</param>
internal sealed record ProductChain(IReadOnlyList<int> Positions, Instruction Last, Var? Term, Instruction? Function)
{
    private static readonly HashSet<string> s_views =
    [
        "reshape", "contiguous", "alias", "optimization_barrier", "stop_gradient", "expand", "permute", "slice", "select", "split",
    ];

    /// <summary>Whether an instruction is a product whose rule does what follows.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="isKnown">Whether a value is a constant.</param>
    public static bool Begins(Instruction instruction, Func<Atom, bool> isKnown) => instruction.Op == "convolution"
        || ((instruction.Op == "linear_int8" || (instruction.Op == "linear" && isKnown(instruction.Inputs[1])))
            && instruction.Inputs[0].Type.Shape.NumElements >= ProductKernels.FewestRowsOfTiles * instruction.Inputs[1].Type.Shape[1]);

    /// <summary>An instruction alone.</summary>
    public static ProductChain Of(Instruction instruction, int position) => new([position], instruction, null, null);

    /// <summary>Finds the longest chain.</summary>
    /// <param name="routine">The routine.</param>
    /// <param name="start">The position of the product.</param>
    /// <param name="users">For each value the positions of the instructions that use it; a result of the routine counts as one.</param>
    /// <param name="taken">Instructions that belong to other chains.</param>
    public static ProductChain Find(Routine routine, int start, IReadOnlyDictionary<Var, List<int>> users, IReadOnlySet<int> taken)
    {
        var chain = Of(routine.Instructions[start], start);
        while (chain.Function is null && users.GetValueOrDefault(chain.Last.Outputs[0]) is [var next] && next < routine.Instructions.Count
            && !taken.Contains(next)
            && chain.With(routine.Instructions[next], next) is { } longer && longer.CanWait(routine))
        {
            chain = longer;
        }

        return chain;
    }

    /// <summary>For each value the positions of the instructions that use it; that after the last stands for results.</summary>
    public static IReadOnlyDictionary<Var, List<int>> UsersOf(Routine routine)
    {
        var users = new Dictionary<Var, List<int>>();
        var uses = routine.Instructions.SelectMany((instruction, i) => instruction.Inputs.Select(input => (Position: i, Value: input)))
            .Concat(routine.NewResults.Select(output => (Position: routine.Instructions.Count, Value: (Atom)output)));
        foreach (var (position, value) in uses)
        {
            if (value is Var variable)
            {
                if (!users.TryGetValue(variable, out var positions))
                {
                    users.Add(variable, positions = []);
                }

                positions.Add(position);
            }
        }

        return users;
    }

    /// <summary>Whether nothing is overwritten on the way from the product to the end of the chain that the chain reads.</summary>
    private bool CanWait(Routine routine)
    {
        HashSet<Var> read = [.. routine.Instructions[Positions[0]].Inputs.Append(Term).OfType<Var>().Select(v => RootOf(routine, v))];
        for (var i = Positions[0] + 1; i < Positions[^1]; i++)
        {
            if (Positions.Contains(i))
            {
                continue;
            }

            var other = routine.Instructions[i];
            if ((other.Overwrites is { } operand && other.Inputs[operand] is Var overwritten && read.Contains(RootOf(routine, overwritten)))
                || (MayOverwriteAny(other) && other.Inputs.OfType<Var>().Any(v => read.Contains(RootOf(routine, v)))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether an instruction overwrites operands by its nature: steps of optimizers and loops.</summary>
    private static bool MayOverwriteAny(Instruction instruction) => instruction.Bodies.Count > 0
        || instruction.Op.StartsWith("multi_", StringComparison.Ordinal) || instruction.Op.StartsWith("blend", StringComparison.Ordinal);

    /// <summary>The value whose memory a value is a view of.</summary>
    private static Var RootOf(Routine routine, Var value)
    {
        for (var i = routine.Instructions.Count - 1; i >= 0; i--)
        {
            // Only the barrier has several operands, one for each result.
            var instruction = routine.Instructions[i];
            if (s_views.Contains(instruction.Op) && instruction.Outputs.Contains(value)
                && instruction.Inputs[Math.Min(instruction.Inputs.Count - 1, instruction.Outputs.Index().First(o => o.Item == value).Index)]
                    is Var source)
            {
                value = source;
            }
        }

        return value;
    }

    private ProductChain? With(Instruction next, int index)
    {
        var value = Last.Outputs[0];
        if (next.Op == "add" && Term is null && next.Inputs is [Var first, Var second] && !ReferenceEquals(first, second))
        {
            var term = ReferenceEquals(first, value) ? second : first;
            return term.Type.Equals(value.Type) && next.Outputs[0].Type.Equals(value.Type)
                ? this with { Last = next, Positions = [.. Positions, index], Term = term } : null;
        }

        return Activations.Has(next) ? this with { Last = next, Positions = [.. Positions, index], Function = next } : null;
    }
}
