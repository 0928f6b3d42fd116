using System.Runtime.CompilerServices;
using Brachy.CompilerServices;

namespace Brachy.Transforms;

/// <summary>
/// A transform with the function's results and others that are as arguments, for functions over anything; see
/// <see cref="Static.LiftValueAndGradient"/>.
/// </summary>
public sealed partial class LiftedValueAndGradient
{
    private readonly Func<TensorFunction, int[], TensorFunction> _transform;

    internal LiftedValueAndGradient(Func<TensorFunction, int[], TensorFunction> transform) => _transform = transform;

    /// <summary>
    /// Transforms a function whose arguments are known only when the program runs; each is taken apart as
    /// <see cref="TreeHandler.Dynamic"/> says.
    /// </summary>
    /// <param name="function">From positional and named arguments to the result; of several results, an <c>object[]</c>.</param>
    /// <param name="loss">Picks the loss from the result.</param>
    /// <param name="differentiated">
    /// Positions, from 0 and rising, of the positional arguments that <c>Grad</c> is as: one, or an <c>object[]</c> of
    /// several. The first by default.
    /// </param>
    /// <param name="staticArguments">Positions of arguments that are static although they could be taken apart.</param>
    /// <param name="staticNames">Names of such arguments.</param>
    /// <param name="staticReturns">Positions of such items of an <c>object[]</c> result.</param>
    /// <param name="name">The name in messages; the expression by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is negative.</exception>
    public DynamicFunction<(object? Value, object? Grad)> OfDynamic(
        Func<object?[], IReadOnlyDictionary<string, object?>, object?> function,
        Func<object?, Tensor> loss,
        int[]? differentiated = null,
        int[]? staticArguments = null,
        string[]? staticNames = null,
        int[]? staticReturns = null,
        [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        int[] by = differentiated ?? [0];
        var lifted = Lift(
            Jit.NameOf(function, name),
            new DynamicArgumentsHandler(staticArguments, staticNames, by),
            staticReturns is null ? TreeHandler.Dynamic : new DynamicResultHandler(staticReturns),
            a => function(a.Positional, a.Named),
            loss,
            a => a.Chosen(by));
        return (arguments, named) => lifted.ValueAndGradient(DynamicArguments.Of(arguments, named));
    }

    private LiftedGradientFunction<TArguments, TResult, TBy> Lift<TArguments, TResult, TBy>(
        string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function,
        Func<TResult, Tensor> loss, Func<TArguments, TBy> by)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var lifted = new LiftedFunction<TArguments, TResult>(
            name, arguments, result, function, (f, definition) => _transform(f, definition.MarkedLeaves()), loss);
        return new(lifted, by);
    }
}
