namespace Brachy.Extending;

// Gradients by those of other ops.
public sealed partial class Vjp
{
    /// <summary>The gradient of an equal function made of other ops.</summary>
    /// <param name="function">Computes the same results from the same inputs.</param>
    public static Vjp Decompose(Func<VjpArgs, Tensor[]> function) =>
        new((gradients, _, x) => Pullback.Of(function, x, gradients), null, false) { Decomposition = function };

    /// <summary>The gradient of an equal function made of other ops, which reads the settings.</summary>
    /// <param name="function">Computes the same results from the same inputs.</param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Vjp<TSettings> Decompose<TSettings>(Func<VjpArgs<TSettings>, Tensor[]> function)
        where TSettings : Settings =>
        Decompose(x => function((VjpArgs<TSettings>)x));
}
