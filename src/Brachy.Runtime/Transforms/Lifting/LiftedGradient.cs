using System.Runtime.CompilerServices;

namespace Brachy;

// C# has no variadic generics: one Of for each number of arguments.

/// <summary>A transform with results that are as arguments, for functions over anything; see <see cref="Static.LiftGradient"/>.</summary>
public sealed class LiftedGradient
{
    private readonly Func<TensorFunction, int[], TensorFunction> _transform;

    internal LiftedGradient(Func<TensorFunction, int[], TensorFunction> transform) => _transform = transform;

    /// <summary>
    /// Transforms a function. The result is as the first argument, with its static part; the tensors of the other arguments are passed
    /// through the transform too. To differentiate by several values, make the first argument a tuple or <c>[Tree]</c> value of them.
    /// </summary>
    /// <param name="function">The function; its result is the loss.</param>
    /// <param name="staticArguments">Positions, counted from 0, of arguments that are static although they could be taken apart, or that transforms do not know.</param>
    /// <param name="name">The name in messages; the expression by default.</param>
    /// <exception cref="NotSupportedException">A type of an argument cannot be taken apart, and is not declared static.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">What is declared static holds tensors, or is the first argument.</exception>
    public Func<T1, T1> Of<T1>(
        Func<T1, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1>(ArgumentRoles.OfGradient(1, staticArguments)), a => function(a.Argument1), a => a.Argument1);
        return a1 => lifted.Gradient(new(a1));
    }

    /// <inheritdoc cref="Of{T1}(Func{T1, Tensor}, int[], string)"/>
    public Func<T1, T2, T1> Of<T1, T2>(
        Func<T1, T2, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1, T2>(ArgumentRoles.OfGradient(2, staticArguments)), a => function(a.Argument1, a.Argument2), a => a.Argument1);
        return (a1, a2) => lifted.Gradient(new(a1, a2));
    }

    /// <inheritdoc cref="Of{T1}(Func{T1, Tensor}, int[], string)"/>
    public Func<T1, T2, T3, T1> Of<T1, T2, T3>(
        Func<T1, T2, T3, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1, T2, T3>(ArgumentRoles.OfGradient(3, staticArguments)), a => function(a.Argument1, a.Argument2, a.Argument3), a => a.Argument1);
        return (a1, a2, a3) => lifted.Gradient(new(a1, a2, a3));
    }

    /// <inheritdoc cref="Of{T1}(Func{T1, Tensor}, int[], string)"/>
    public Func<T1, T2, T3, T4, T1> Of<T1, T2, T3, T4>(
        Func<T1, T2, T3, T4, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1, T2, T3, T4>(ArgumentRoles.OfGradient(4, staticArguments)), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4), a => a.Argument1);
        return (a1, a2, a3, a4) => lifted.Gradient(new(a1, a2, a3, a4));
    }

    /// <inheritdoc cref="Of{T1}(Func{T1, Tensor}, int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T1> Of<T1, T2, T3, T4, T5>(
        Func<T1, T2, T3, T4, T5, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5>(ArgumentRoles.OfGradient(5, staticArguments)), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5), a => a.Argument1);
        return (a1, a2, a3, a4, a5) => lifted.Gradient(new(a1, a2, a3, a4, a5));
    }

    /// <inheritdoc cref="Of{T1}(Func{T1, Tensor}, int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, T1> Of<T1, T2, T3, T4, T5, T6>(
        Func<T1, T2, T3, T4, T5, T6, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5, T6>(ArgumentRoles.OfGradient(6, staticArguments)), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6), a => a.Argument1);
        return (a1, a2, a3, a4, a5, a6) => lifted.Gradient(new(a1, a2, a3, a4, a5, a6));
    }

    /// <inheritdoc cref="Of{T1}(Func{T1, Tensor}, int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, T7, T1> Of<T1, T2, T3, T4, T5, T6, T7>(
        Func<T1, T2, T3, T4, T5, T6, T7, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7>(ArgumentRoles.OfGradient(7, staticArguments)), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7), a => a.Argument1);
        return (a1, a2, a3, a4, a5, a6, a7) => lifted.Gradient(new(a1, a2, a3, a4, a5, a6, a7));
    }

    /// <inheritdoc cref="Of{T1}(Func{T1, Tensor}, int[], string)"/>
    public Func<T1, T2, T3, T4, T5, T6, T7, T8, T1> Of<T1, T2, T3, T4, T5, T6, T7, T8>(
        Func<T1, T2, T3, T4, T5, T6, T7, T8, Tensor> function, int[]? staticArguments = null, [CallerArgumentExpression(nameof(function))] string name = "function")
    {
        name = Jit.NameOf(function, name);
        var lifted = Lift(name, new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7, T8>(ArgumentRoles.OfGradient(8, staticArguments)), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7, a.Argument8), a => a.Argument1);
        return (a1, a2, a3, a4, a5, a6, a7, a8) => lifted.Gradient(new(a1, a2, a3, a4, a5, a6, a7, a8));
    }

    /// <summary>Transforms a function whose arguments are known only when the program runs; each is taken apart as <see cref="TreeHandler.Dynamic"/> says.</summary>
    /// <param name="function">From positional and named arguments to the loss.</param>
    /// <param name="differentiated">Positions, from 0 and rising, of the positional arguments that the result is as: one, or an <c>object[]</c> of several. The first by default.</param>
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
