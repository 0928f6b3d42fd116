namespace Brachy.Extending;

// Batches by those of other ops.
public sealed partial class Batching
{
    /// <summary>
    /// That of an equal function made of other ops; often the one of <see cref="Vjp.Decompose(Func{VjpArgs, Tensor[]})"/>.
    /// </summary>
    /// <param name="function">Computes the same results from the same inputs.</param>
    public static Batching Decompose(Func<VjpArgs, Tensor[]> function) => Multi(x =>
    {
        int[] batched = [.. Enumerable.Range(0, x.Count).Where(x.IsBatched)];
        var sample = SampleFunction.Of(x.Primitive.Name, x.Context.Axis, [.. batched.Select(i => (x.Types[i], $"operand {i}"))], operands =>
        {
            Tensor[] all = [.. x.Inputs.Select(input => input.Value)];
            for (var k = 0; k < batched.Length; k++)
            {
                all[batched[k]] = operands[k];
            }

            return function(x.Primitive.VjpArgsOf(x.Settings, all, new bool[x.Count]));
        });
        var (results, _) = sample.Run(x.Context, [.. batched.Select(i => x[i])]);
        return Array.ConvertAll(results, result => BatchedBodies.As(true, result, x.Context));
    });

    /// <summary>That of an equal function made of other ops, which reads the settings.</summary>
    /// <param name="function">Computes the same results from the same inputs.</param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Batching<TSettings> Decompose<TSettings>(Func<VjpArgs<TSettings>, Tensor[]> function)
        where TSettings : Settings =>
        Decompose(x => function((VjpArgs<TSettings>)x));

    /// <summary>One of two rules.</summary>
    /// <param name="condition">Whether it is the first.</param>
    /// <param name="rule">The first.</param>
    /// <param name="otherwise">The second.</param>
    public static Batching Either(Func<BatchArgs, bool> condition, Batching rule, Batching otherwise)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(otherwise);
        return new(x => (condition(x) ? rule : otherwise).Apply(x));
    }
}
