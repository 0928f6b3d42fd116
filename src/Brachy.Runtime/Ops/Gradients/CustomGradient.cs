using Brachy.Extending;
using static Brachy.CustomGradientRules;

namespace Brachy;

/// <summary>The gradient that the user gave.</summary>
internal sealed record CustomGradientSettings(CustomGradient Function) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("function", Function)];
}

/// <summary>The gradient that a user gave to one use of a function. An identity: two are never the same.</summary>
/// <param name="name">The function, for messages.</param>
/// <param name="results">How many tensors it gave.</param>
/// <param name="arguments">How many tensors it took.</param>
/// <param name="residuals">How many tensors it kept for the gradient.</param>
internal abstract class CustomGradient(string name, int results, int arguments, int residuals)
{
    public string Name { get; } = name;

    public int Results { get; } = results;

    public int Arguments { get; } = arguments;

    public int Residuals { get; } = residuals;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether the derivative does not depend on how an operand changes: the rule says all, or forbids it.</summary>
    public bool Ignores(int operand) => operand < Results || (operand >= Results + Arguments && operand < Results + Arguments + Residuals);

    /// <summary>The rule of the primitive, whose inputs are results, arguments, residuals, and what else the results depend on.</summary>
    public Tensor?[] Pull(Tensor?[] cotangents, Tensor[] outputs, VjpArgs x)
    {
        var gradients = new Tensor?[x.Count];
        for (var i = Results + Arguments + Residuals; i < x.Count; i++)
        {
            if (x.Needs(i))
            {
                throw new DifferentiationException(
                    $"{Name} has a gradient of its own by its argument, but its result also depends on {Article.With(x[i].Type)} tensor "
                    + "that it captured and that is differentiated. Make that tensor a part of the argument, or capture it through "
                    + "F.stop_gradient.");
            }
        }

        if (Enumerable.Range(Results, Arguments).Any(x.Needs))
        {
            var given = outputs.Select((output, i) => cotangents[i] ?? F.zeros_like(output)).ToArray();
            Gradients(given, [.. x.Inputs.Skip(Results + Arguments).Take(Residuals)]).CopyTo(gradients, Results);
        }

        return gradients;
    }

    /// <summary>Calls the user's function of one sample, for a gradient of a batch.</summary>
    public Tensor?[] GradientsOfSample(Tensor[] cotangents, Tensor[] kept) => Gradients(cotangents, kept);

    /// <summary>Calls the user's function.</summary>
    /// <param name="cotangents">The gradient that reaches each result.</param>
    /// <param name="residuals">What was kept.</param>
    /// <returns>The gradient for each tensor of the argument, checked; null for none.</returns>
    protected abstract Tensor?[] Gradients(Tensor[] cotangents, Tensor[] residuals);
}

// The primitive behind CustomVjp.
public static partial class F
{
    internal static readonly Primitive<CustomGradientSettings> CustomGradient = new("custom_vjp")
    {
        Abstract = x => TensorTypes.Create([.. x.Types.Take(RuleOf(x).Results)]),
        Eager = x => x.Range(0, RuleOf(x).Results).Select(result => result.alias()).ToArray(),
        Script = x => RuleOf(x).Results == 1 ? x[0] : $"({string.Join(", ", Enumerable.Range(0, RuleOf(x).Results).Select(i => x[i]))})",
        Vjp = Vjp.Multi<CustomGradientSettings>((gradients, outputs, x) => RuleOf(x).Pull(gradients, outputs, x)),
        Jvp = Jvp.ByVjp.Ignoring((x, operand) => ((CustomGradientSettings)x.Settings).Function.Ignores(operand)),
        Batching = Batching.Mixed<CustomGradientSettings>(BatchedCustomGradient.Run),
        IsView = true,
        Renames = true,
    };
}

/// <summary>The rules of custom gradients.</summary>
file static class CustomGradientRules
{
    public static CustomGradient RuleOf(IRuleArgs<CustomGradientSettings> x) => x.Settings.Function;
}
