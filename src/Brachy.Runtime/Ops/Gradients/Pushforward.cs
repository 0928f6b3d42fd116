namespace Brachy.Extending;

/// <summary>
/// Runs functions and pushes tangents forward through what they did: of user code for transforms, of ops made of other ops for primitives.
/// </summary>
internal static class Pushforward
{
    /// <summary>Runs a function on fresh copies of the inputs and pushes their tangents forward to its results.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="tangents">The tangent of each, of its type; null for zero.</param>
    /// <param name="function">The function.</param>
    /// <param name="outputs">The tensors of a result.</param>
    /// <returns>The result, and a tangent for each of its tensors; null for zero.</returns>
    public static (TResult Result, Tensor?[] Tangents) Differentiate<TResult>(
        IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> tangents, Func<Tensor[], TResult> function, Func<TResult, Tensor[]> outputs)
    {
        using var stretch = Stretch<TResult>.Run("A derivative", inputs, function);
        return (stretch.Result, Forward.Run(stretch.Ops, stretch.Inputs, tangents, outputs(stretch.Result)));
    }

    /// <summary>The derivative of a primitive by that of an equal function of other ops.</summary>
    public static Tensor?[] Of(Func<VjpArgs, Tensor[]> function, JvpArgs x)
    {
        var isActive = Array.ConvertAll(x.Tangents, tangent => tangent is not null);
        int[] active = [.. Enumerable.Range(0, x.Count).Where(i => isActive[i])];
        var (_, tangents) = Differentiate(
            [.. active.Select(i => x[i])], [.. active.Select(i => x.Tangents[i])],
            aliases =>
            {
                Tensor[] inputs = [.. x.Inputs];
                for (var i = 0; i < active.Length; i++)
                {
                    inputs[active[i]] = aliases[i];
                }

                return function(x.Primitive.VjpArgsOf(x.Settings, inputs, isActive));
            },
            outputs => outputs);
        return tangents[..x.Outputs.Length];
    }
}
