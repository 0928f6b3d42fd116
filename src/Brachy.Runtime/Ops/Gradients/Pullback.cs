namespace Brachy.Extending;

/// <summary>
/// Runs functions and pulls gradients back through what they did: of user code for transforms, of ops made of other ops for primitives.
/// </summary>
internal static class Pullback
{
    /// <summary>Runs a function on fresh copies of the inputs and pulls the cotangents of its results back to them.</summary>
    public static (TResult Result, Tensor?[] Gradients) Differentiate<TResult>(
        IReadOnlyList<Tensor> inputs, Func<Tensor[], TResult> function, Func<TResult, (Tensor[] Outputs, Tensor?[] Cotangents)> seed)
    {
        using var stretch = Stretch<TResult>.Run("A gradient", inputs, function);
        var (outputs, cotangents) = seed(stretch.Result);
        return (stretch.Result, Backward.Run(stretch.Ops, outputs, cotangents, stretch.Inputs));
    }

    /// <summary>The gradient of a primitive by that of an equal function of other ops.</summary>
    public static Tensor?[] Of(Func<VjpArgs, Tensor[]> function, VjpArgs x, Tensor?[] gradients)
    {
        var needed = Enumerable.Range(0, x.Count).Where(x.Needs).ToArray();
        var (_, inner) = Differentiate(
            [.. needed.Select(i => x[i])],
            aliases =>
            {
                var inputs = x.Inputs.ToArray();
                for (var i = 0; i < needed.Length; i++)
                {
                    inputs[needed[i]] = aliases[i];
                }

                return function(x.WithInputs(inputs));
            },
            outputs => (outputs, gradients));
        var result = new Tensor?[x.Count];
        for (var i = 0; i < needed.Length; i++)
        {
            result[needed[i]] = inner[i];
        }

        return result;
    }
}
