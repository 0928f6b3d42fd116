using System.Runtime.CompilerServices;
using Brachy.CompilerServices;

namespace Brachy.Transforms;

/// <summary>A transform for functions over anything; see <see cref="Static.Lift"/>.</summary>
public sealed partial class LiftedTransform
{
    private readonly Func<TensorFunction, TensorFunction> _transform;

    internal LiftedTransform(Func<TensorFunction, TensorFunction> transform) => _transform = transform;

    /// <summary>
    /// Transforms a function whose arguments are known only when the program runs; each is taken apart as
    /// <see cref="TreeHandler.Dynamic"/> says.
    /// </summary>
    /// <param name="function">From positional and named arguments to the result; of several results, an <c>object[]</c>.</param>
    /// <param name="staticArguments">Positions, from 0, of arguments that are static although they could be taken apart.</param>
    /// <param name="staticNames">Names of such arguments.</param>
    /// <param name="staticReturns">Positions of such items of an <c>object[]</c> result; 0 for another result.</param>
    /// <param name="name">The name in messages; the expression by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is negative.</exception>
    public DynamicFunction<object?> OfDynamic(
        Func<object?[], IReadOnlyDictionary<string, object?>, object?> function,
        int[]? staticArguments = null,
        string[]? staticNames = null,
        int[]? staticReturns = null,
        [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        var lifted = new LiftedFunction<DynamicArguments, object?>(
            Jit.NameOf(function, name),
            new DynamicArgumentsHandler(staticArguments, staticNames, differentiated: null),
            staticReturns is null ? TreeHandler.Dynamic : new DynamicResultHandler(staticReturns),
            a => function(a.Positional, a.Named),
            (f, _) => _transform(f));
        return (arguments, named) => Call(lifted, DynamicArguments.Of(arguments, named));
    }

    private static TResult Call<TArguments, TResult>(LiftedFunction<TArguments, TResult> lifted, TArguments arguments)
    {
        var (outputs, result) = lifted.Call(arguments);
        return lifted.ToResult(outputs, result);
    }

    private Func<TArguments, TResult> Lift<TArguments, TResult>(
        string name, TreeHandler<TArguments> arguments, int[]? staticReturns, Func<TArguments, TResult> function)
    {
        var lifted = new LiftedFunction<TArguments, TResult>(
            name, arguments, ResultRoles.Handler<TResult>(staticReturns), function, (f, _) => _transform(f));
        return a => Call(lifted, a);
    }
}
