using Brachy.Compilation;
using Brachy.Extending;
using static Brachy.LoopRules;

namespace Brachy;

// The primitives behind Control's loops.
public static partial class F
{
    /// <summary>A loop of a known number of steps.</summary>
    internal static readonly Primitive<LoopSettings> Scan = Loop("scan");

    /// <summary>A loop that runs as long as a condition holds.</summary>
    internal static readonly Primitive<LoopSettings> While = Loop("while");

    private static Primitive<LoopSettings> Loop(string name) => new(name)
    {
        Abstract = x => TensorTypes.Create(TypesOf(x)),
        Eager = x => LoopKernel.Run(x),
        Script = LoopScript.Write,
        Vjp = Vjp.Multi<LoopSettings>(LoopGradient.Pull),
        Cost = x => CostOf(x.Settings),
        Mutates = x => [.. Enumerable.Range(0, x.Settings.Carries).Select(
            carry => x.Settings.Overwritten.Contains(carry) ? x.Settings.FirstCarry + carry : -1)],
    };
}

/// <summary>The rules of loops.</summary>
file static class LoopRules
{
    public static TensorType[] TypesOf(AbstractArgs<LoopSettings> x)
    {
        var settings = x.Settings;
        var step = settings.Step.Graph;
        Require(x, x.Count == settings.FirstCarry + step.Inputs.Count, "the number of operands");
        for (var i = settings.FirstCarry; i < x.Count; i++)
        {
            var inner = step.Inputs[i - settings.FirstCarry].Type;
            var isSlice = i >= settings.FirstSlice && i < settings.FirstCaptured;
            Require(x, isSlice ? x[i].Equals(Stacked(inner, settings.Length!.Value)) : x[i].Equals(inner), $"operand {i}");
        }

        var types = new List<TensorType>();
        for (var i = 0; i < step.Outputs.Count; i++)
        {
            var type = step.Outputs[i].Type;
            if (i < settings.Carries)
            {
                Require(x, type.Equals(step.Inputs[i].Type), $"carry {i}");
            }

            types.Add(i < settings.Carries ? type : Stacked(type, settings.Length!.Value));
        }

        if (settings.GivesCount)
        {
            types.Add(new TensorType(Shape.Scalar, DType.Int64));
        }

        return [.. types];
    }

    public static Cost CostOf(LoopSettings settings)
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

    private static TensorType Stacked(TensorType type, long length) => type.WithShape([length, .. type.Shape]);

    private static void Require(AbstractArgs<LoopSettings> x, bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(
                $"{x.Primitive.Name}: {what} does not fit its body: {string.Join(", ", x.Types)} for {x.Settings.Step.Graph}");
        }
    }
}
