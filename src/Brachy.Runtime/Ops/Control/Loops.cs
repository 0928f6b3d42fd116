using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

// The primitives behind Control's loops.
public static partial class F
{
    /// <summary>A loop of a known number of steps.</summary>
    internal static readonly Primitive<LoopSettings> Scan = LoopRules.Primitive("scan");

    /// <summary>A loop that runs as long as a condition holds.</summary>
    internal static readonly Primitive<LoopSettings> While = LoopRules.Primitive("while");
}

/// <summary>The rules of loops.</summary>
internal static class LoopRules
{
    private static readonly TensorType s_number = new(Shape.Scalar, DType.Int64);

    /// <summary>A loop of this name.</summary>
    public static Primitive<LoopSettings> Primitive(string name) => new(name)
    {
        Abstract = x => TensorTypes.Create(TypesOf(x)),
        Eager = x => LoopKernel.Run(x),
        Script = LoopScript.Write,
        Vjp = Vjp.Multi<LoopSettings>(LoopGradient.Pull),
        Jvp = Jvp.Multi<LoopSettings>(LoopTangent.Push),
        Batching = Batching.Mixed<LoopSettings>(LoopBatching.Run),
        Cost = x => CostOf(x.Settings),
        Mutates = x => [.. Enumerable.Range(0, x.Settings.Carries).Select(
            carry => x.Settings.Overwritten.Contains(carry) ? x.Settings.FirstCarry + carry : -1)],
    };

    private static TensorType[] TypesOf(AbstractArgs<LoopSettings> x)
    {
        var settings = x.Settings;
        var (step, name) = (settings.Step.Graph, x.Primitive.Name);
        if (step.Inputs.Count < settings.Carries + settings.Slices || step.Outputs.Count < settings.Carries)
        {
            throw new ShapeException(
                $"{name}: its body has too few inputs or results for {settings.Carries} carries, {settings.Slices} slices.");
        }

        LoopRoom.RequireCountable(settings);
        if (settings.HasCount && !x[0].Equals(s_number))
        {
            throw new DTypeException($"{name}: the number of steps is an int64 scalar, but this is {x[0]}.");
        }

        RequireTypes(
            name, step.Inputs,
            [.. x.Types.Skip(settings.FirstCarry).Select(
                (type, i) => IsSlice(settings, i) ? RowOf(name, type, settings.Length!.Value) : type)]);
        RequireTypes(name, step.Outputs.Take(settings.Carries), [.. step.Inputs.Take(settings.Carries).Select(input => input.Type)]);
        var types =
            step.Outputs.Select((output, i) => i < settings.Carries ? output.Type : Stacked(output.Type, settings.Length!.Value)).ToList();
        if (settings.GivesCount)
        {
            types.Add(s_number);
        }

        return [.. types];
    }

    private static Cost CostOf(LoopSettings settings)
    {
        var cost = default(Cost);
        for (var i = 0; i < settings.Bodies.Count; i++)
        {
            var once = settings.Bodies[i].Equations.Aggregate(default(Cost), (sum, equation) => sum + equation.Cost);
            var runs = settings.RunsOf(i);
            cost += new Cost(runs * once.MultiplyAdds, runs * once.Elements, runs * once.Bytes);
        }

        return cost;
    }

    /// <summary>Throws unless the values of a body have these types.</summary>
    public static void RequireTypes(string name, IEnumerable<Atom> values, TensorType[] types)
    {
        TensorType[] expected = [.. values.Select(value => value.Type)];
        for (var i = 0; i < Math.Max(expected.Length, types.Length); i++)
        {
            if (i >= expected.Length || i >= types.Length || expected[i].Shape != types[i].Shape)
            {
                throw new ShapeException($"{name}: its body takes {Listed(expected)}, but is given {Listed(types)}.");
            }

            if (!expected[i].Equals(types[i]))
            {
                throw new DTypeException($"{name}: its body takes {Listed(expected)}, but is given {Listed(types)}.");
            }
        }
    }

    private static bool IsSlice(LoopSettings settings, int input) =>
        input >= settings.Carries && input < settings.Carries + settings.Slices;

    private static TensorType RowOf(string name, TensorType stack, long length) => stack.Rank > 0 && stack.Shape[0] == length
        ? stack.WithShape([.. stack.Shape.Skip(1)])
        : throw new ShapeException($"{name}: there are {length} steps, but {stack} has not as many slices.");

    private static TensorType Stacked(TensorType type, long length) => type.WithShape([length, .. type.Shape]);

    private static string Listed(TensorType[] types) => $"({string.Join(", ", types.AsEnumerable())})";
}
