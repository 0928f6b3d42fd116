using System.Runtime.CompilerServices;

namespace Brachy;

// C# has no variadic generics: one Of for each number of arguments.

/// <summary>
/// A transform with the function's results and others that are as arguments, for functions over anything; see
/// <see cref="Static.LiftValueAndGradient"/>.
/// </summary>
public sealed class LiftedValueAndGradient
{
    private readonly Func<TensorFunction, int[], TensorFunction> _transform;

    internal LiftedValueAndGradient(Func<TensorFunction, int[], TensorFunction> transform) => _transform = transform;

    /// <summary>
    /// Transforms a function. <c>Grad</c> is as the first argument, with its static part; the tensors of the other arguments are passed
    /// through the transform too. To differentiate by several values, make the first argument a tuple or <c>[Tree]</c> value of them.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="loss">Picks the loss from the result.</param>
    /// <param name="staticArguments">Positions, counted from 0, of arguments that are static although they could be taken apart, or that transforms do not know.</param>
    /// <param name="staticReturns">Positions of items of a tuple that are static.</param>
    /// <param name="name">The name in messages; the expression by default.</param>
    /// <exception cref="NotSupportedException">A type of an argument or of the result cannot be taken apart, and is not declared static.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">What is declared static holds tensors, or is the first argument.</exception>
    public Func<T1, (TResult Value, T1 Grad)> Of<T1, TResult>(
        Func<T1, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1>(ArgumentRoles.OfGradient(1, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1), loss, a => a.Argument1);
        return a1 => lifted.ValueAndGradient(new(a1));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, Func{TResult, Tensor}, int[], int[], string)"/>
    public Func<T1, T2, (TResult Value, T1 Grad)> Of<T1, T2, TResult>(
        Func<T1, T2, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1, T2>(ArgumentRoles.OfGradient(2, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1, a.Argument2), loss, a => a.Argument1);
        return (a1, a2) => lifted.ValueAndGradient(new(a1, a2));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, Func{TResult, Tensor}, int[], int[], string)"/>
    public Func<T1, T2, T3, (TResult Value, T1 Grad)> Of<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1, T2, T3>(ArgumentRoles.OfGradient(3, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1, a.Argument2, a.Argument3), loss, a => a.Argument1);
        return (a1, a2, a3) => lifted.ValueAndGradient(new(a1, a2, a3));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, Func{TResult, Tensor}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, (TResult Value, T1 Grad)> Of<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1, T2, T3, T4>(ArgumentRoles.OfGradient(4, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4), loss, a => a.Argument1);
        return (a1, a2, a3, a4) => lifted.ValueAndGradient(new(a1, a2, a3, a4));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, Func{TResult, Tensor}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, (TResult Value, T1 Grad)> Of<T1, T2, T3, T4, T5, TResult>(
        Func<T1, T2, T3, T4, T5, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1, T2, T3, T4, T5>(ArgumentRoles.OfGradient(5, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5), loss, a => a.Argument1);
        return (a1, a2, a3, a4, a5) => lifted.ValueAndGradient(new(a1, a2, a3, a4, a5));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, Func{TResult, Tensor}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, (TResult Value, T1 Grad)> Of<T1, T2, T3, T4, T5, T6, TResult>(
        Func<T1, T2, T3, T4, T5, T6, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1, T2, T3, T4, T5, T6>(ArgumentRoles.OfGradient(6, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6), loss, a => a.Argument1);
        return (a1, a2, a3, a4, a5, a6) => lifted.ValueAndGradient(new(a1, a2, a3, a4, a5, a6));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, Func{TResult, Tensor}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, T7, (TResult Value, T1 Grad)> Of<T1, T2, T3, T4, T5, T6, T7, TResult>(
        Func<T1, T2, T3, T4, T5, T6, T7, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7>(ArgumentRoles.OfGradient(7, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7), loss, a => a.Argument1);
        return (a1, a2, a3, a4, a5, a6, a7) => lifted.ValueAndGradient(new(a1, a2, a3, a4, a5, a6, a7));
    }

    /// <inheritdoc cref="Of{T1, TResult}(Func{T1, TResult}, Func{TResult, Tensor}, int[], int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, (TResult Value, T1 Grad)> Of<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(
        Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function, Func<TResult, Tensor> loss, int[]? staticArguments = null, int[]? staticReturns = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var arguments = new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7, T8>(ArgumentRoles.OfGradient(8, staticArguments));
        var lifted = Lift(name, arguments, ResultRoles.Handler<TResult>(staticReturns), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7, a.Argument8), loss, a => a.Argument1);
        return (a1, a2, a3, a4, a5, a6, a7, a8) => lifted.ValueAndGradient(new(a1, a2, a3, a4, a5, a6, a7, a8));
    }

    /// <summary>Transforms a function whose arguments are known only when the program runs; each is taken apart as <see cref="TreeHandler.Dynamic"/> says.</summary>
    /// <param name="function">From positional and named arguments to the result; of several results, an <c>object[]</c>.</param>
    /// <param name="loss">Picks the loss from the result.</param>
    /// <param name="differentiated">Positions, from 0 and rising, of the positional arguments that <c>Grad</c> is as: one, or an <c>object[]</c> of several. The first by default.</param>
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
        string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function, Func<TResult, Tensor> loss, Func<TArguments, TBy> by)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var lifted = new LiftedFunction<TArguments, TResult>(
            name, arguments, result, function, (f, definition) => _transform(f, definition.MarkedLeaves()), loss);
        return new(lifted, by);
    }
}
