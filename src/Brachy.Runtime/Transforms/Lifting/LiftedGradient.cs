using System.Runtime.CompilerServices;
using Brachy.CompilerServices;

namespace Brachy.Transforms;

/// <summary>A transform with results that are as arguments, for functions over anything; see <see cref="Static.LiftGradient"/>.</summary>
public sealed partial class LiftedGradient
{
    private readonly Func<TensorFunction, int[], TensorFunction> _transform;

    internal LiftedGradient(Func<TensorFunction, int[], TensorFunction> transform) => _transform = transform;

    /// <summary>
    /// Transforms a function whose arguments are known only when the program runs; each is taken apart as
    /// <see cref="TreeHandler.Dynamic"/> says.
    /// </summary>
    /// <param name="function">From positional and named arguments to the loss.</param>
    /// <param name="differentiated">
    /// Positions, from 0 and rising, of the positional arguments that the result is as: one, or an <c>object[]</c> of
    /// several. The first by default.
    /// </param>
    /// <param name="staticArguments">Positions of arguments that are static although they could be taken apart.</param>
    /// <param name="staticNames">Names of such arguments.</param>
    /// <param name="name">The name in messages; the expression by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is negative.</exception>
    public DynamicFunction<object?> OfDynamic(
        Func<object?[], IReadOnlyDictionary<string, object?>, Tensor> function,
        int[]? differentiated = null,
        int[]? staticArguments = null,
        string[]? staticNames = null,
        [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        int[] by = differentiated ?? [0];
        var lifted = Lift(
            Jit.NameOf(function, name),
            new DynamicArgumentsHandler(staticArguments, staticNames, by),
            a => function(a.Positional, a.Named),
            a => a.Chosen(by));
        return (arguments, named) => lifted.Gradient(DynamicArguments.Of(arguments, named));
    }

    private LiftedGradientFunction<TArguments, Tensor, TBy> Lift<TArguments, TBy>(
        string name, TreeHandler<TArguments> arguments, Func<TArguments, Tensor> function, Func<TArguments, TBy> by)
    {
        var lifted = new LiftedFunction<TArguments, Tensor>(
            name, arguments, TreeHandler.Tensor, function, (f, definition) => _transform(f, definition.MarkedLeaves()));
        return new(lifted, by);
    }
}
