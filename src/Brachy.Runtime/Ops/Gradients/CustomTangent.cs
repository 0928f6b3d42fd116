using Brachy.Extending;
using static Brachy.CustomTangentRules;

namespace Brachy;

/// <summary>The derivative in forward mode that the user gave.</summary>
internal sealed record CustomTangentSettings(CustomTangent Function) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("function", Function)];
}

/// <summary>The derivative in forward mode that a user gave to one use of a function. An identity: two are never the same.</summary>
/// <param name="name">The function, for messages.</param>
/// <param name="results">How many tensors it gave.</param>
/// <param name="arguments">How many tensors it took.</param>
internal abstract class CustomTangent(string name, int results, int arguments)
{
    public string Name { get; } = name;

    public int Results { get; } = results;

    public int Arguments { get; } = arguments;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether the derivative does not depend on how an operand changes. Operands: results, arguments, captured tensors.</summary>
    public bool Ignores(int operand) => operand < Results;

    /// <summary>The tangents of the results.</summary>
    public Tensor?[] Push(Tensor?[] tangents, JvpArgs x)
    {
        for (var i = Results + Arguments; i < x.Count; i++)
        {
            if (tangents[i] is not null)
            {
                throw Captured(x.Types[i]);
            }
        }

        var given = Enumerable.Range(Results, Arguments).Select(i => tangents[i] ?? Zeros(x.Types[i])).ToArray();
        return Tangents([.. x.Inputs.Skip(Results).Take(Arguments)], x.Outputs, given);
    }

    /// <summary>The gradients of the operands: the transpose of the rule, which is linear in the tangents.</summary>
    public Tensor?[] Pull(Tensor?[] cotangents, Tensor[] outputs, VjpArgs x)
    {
        for (var i = Results + Arguments; i < x.Count; i++)
        {
            if (x.Needs(i))
            {
                throw Captured(x.Types[i]);
            }
        }

        int[] wanted = [.. Enumerable.Range(Results, Arguments).Where(x.Needs)];
        var (_, pulled) = Pullback.Differentiate(
            [.. wanted.Select(i => Zeros(x.Types[i]))],
            dummies =>
            {
                var given = Enumerable.Range(Results, Arguments).Select(i => Array.IndexOf(wanted, i) is >= 0 and var k
                    ? dummies[k] : Zeros(x.Types[i])).ToArray();
                return Tangents([.. x.Inputs.Skip(Results).Take(Arguments)], outputs, given);
            },
            tangents =>
            {
                int[] there = [.. Enumerable.Range(0, tangents.Length).Where(i => tangents[i] is not null && cotangents[i] is not null)];
                return ([.. there.Select(i => tangents[i]!)], [.. there.Select(i => cotangents[i])]);
            });
        var gradients = new Tensor?[x.Count];
        for (var k = 0; k < wanted.Length; k++)
        {
            gradients[wanted[k]] = pulled[k];
        }

        return gradients;
    }

    /// <summary>Calls the user's function.</summary>
    /// <param name="arguments">The argument.</param>
    /// <param name="results">The result.</param>
    /// <param name="tangents">The tangent of each tensor of the argument.</param>
    /// <returns>The tangent of each tensor of the result, checked; null for zero.</returns>
    protected abstract Tensor?[] Tangents(Tensor[] arguments, Tensor[] results, Tensor[] tangents);

    /// <summary>Calls the user's function, for a rule that is made of this one.</summary>
    internal Tensor?[] TangentsOfSample(Tensor[] arguments, Tensor[] results, Tensor[] tangents) =>
        Tangents(arguments, results, tangents);

    private DifferentiationException Captured(TensorType type) => new(
        $"{Name} has a derivative of its own by its argument, but its result also depends on a {type} tensor that it captured and that is "
        + "differentiated. Make that tensor a part of the argument, or capture it through F.stop_gradient.");

    private static Tensor Zeros(TensorType type) => F.expand(F.zeros([], type.DType, type.Device), type.Shape);
}

// The primitive behind CustomJvp.
public static partial class F
{
    internal static readonly Primitive<CustomTangentSettings> CustomTangent = new("custom_jvp")
    {
        Abstract = x => TensorTypes.Create([.. x.Types.Take(RuleOf(x).Results)]),
        Eager = x => x.Range(0, RuleOf(x).Results).Select(result => result.alias()).ToArray(),
        Script = x => RuleOf(x).Results == 1 ? x[0] : $"({string.Join(", ", Enumerable.Range(0, RuleOf(x).Results).Select(i => x[i]))})",
        Vjp = Vjp.Multi<CustomTangentSettings>((gradients, outputs, x) => RuleOf(x).Pull(gradients, outputs, x)),
        Jvp = CustomTangentJvp,
        Batching = Batching.Mixed<CustomTangentSettings>(BatchedCustomTangent.Run),
        IsView = true,
        Renames = true,
    };
}

/// <summary>The rules of custom derivatives.</summary>
file static class CustomTangentRules
{
    public static Jvp CustomTangentJvp { get; } = Jvp.Multi((tangents, _, x) =>
        ((CustomTangentSettings)x.Settings).Function.Push(tangents, x))
        .Ignoring((x, operand) => ((CustomTangentSettings)x.Settings).Function.Ignores(operand));

    public static CustomTangent RuleOf(IRuleArgs<CustomTangentSettings> x) => x.Settings.Function;
}
