using System.Runtime.CompilerServices;

namespace Brachy;

// C# has no variadic generics: one Of for each number of arguments.

/// <summary>A transform for functions over anything; see <see cref="Static.Lift"/>.</summary>
public sealed class LiftedTransform
{
    private readonly Func<TensorFunction, TensorFunction> _transform;

    internal LiftedTransform(Func<TensorFunction, TensorFunction> transform) => _transform = transform;

    /// <summary>
    /// Transforms a function. Tensors, trees, keys and values made of them are passed through the transform; other values are static, and the
    /// function sees them as they are at the call.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="staticArguments">Positions, from 0, of arguments that are static although they could be taken apart, or that transforms do not know.</param>
    /// <param name="staticReturns">Positions of items of a tuple that are static; 0 for a result that is no tuple.</param>
    /// <param name="name">The name in messages; the expression by default.</param>
    /// <exception cref="NotSupportedException">A type of an argument or of the result cannot be taken apart, and is not declared static.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">What is declared static holds tensors: here, for a type of tensors, or at the call.</exception>
    public Func<T1, TResult> Of<T1, TResult>(
        Func<T1, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1>(ArgumentRoles.OfLift(1, staticArguments)), staticReturns, a => function(a.Argument1));
        return a1 => call(new(a1));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, int[], int[], string)"/>
    public Func<T1, T2, TResult> Of<T1, T2, TResult>(
        Func<T1, T2, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1, T2>(ArgumentRoles.OfLift(2, staticArguments)), staticReturns, a => function(a.Argument1, a.Argument2));
        return (a1, a2) => call(new(a1, a2));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, int[], int[], string)"/>
    public Func<T1, T2, T3, TResult> Of<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1, T2, T3>(ArgumentRoles.OfLift(3, staticArguments)), staticReturns, a => function(a.Argument1, a.Argument2, a.Argument3));
        return (a1, a2, a3) => call(new(a1, a2, a3));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, TResult> Of<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1, T2, T3, T4>(ArgumentRoles.OfLift(4, staticArguments)), staticReturns, a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4));
        return (a1, a2, a3, a4) => call(new(a1, a2, a3, a4));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, TResult> Of<T1, T2, T3, T4, T5, TResult>(
        Func<T1, T2, T3, T4, T5, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5>(ArgumentRoles.OfLift(5, staticArguments)), staticReturns, a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5));
        return (a1, a2, a3, a4, a5) => call(new(a1, a2, a3, a4, a5));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, TResult> Of<T1, T2, T3, T4, T5, T6, TResult>(
        Func<T1, T2, T3, T4, T5, T6, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5, T6>(ArgumentRoles.OfLift(6, staticArguments)), staticReturns, a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6));
        return (a1, a2, a3, a4, a5, a6) => call(new(a1, a2, a3, a4, a5, a6));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, T7, TResult> Of<T1, T2, T3, T4, T5, T6, T7, TResult>(
        Func<T1, T2, T3, T4, T5, T6, T7, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7>(ArgumentRoles.OfLift(7, staticArguments)), staticReturns, a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7));
        return (a1, a2, a3, a4, a5, a6, a7) => call(new(a1, a2, a3, a4, a5, a6, a7));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> Of<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(
        Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var call = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7, T8>(ArgumentRoles.OfLift(8, staticArguments)), staticReturns, a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7, a.Argument8));
        return (a1, a2, a3, a4, a5, a6, a7, a8) => call(new(a1, a2, a3, a4, a5, a6, a7, a8));
    }

    /// <summary>Transforms a function whose arguments are known only when the program runs; each is taken apart as <see cref="TreeHandler.Dynamic"/> says.</summary>
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
