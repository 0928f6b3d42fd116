using System.Runtime.CompilerServices;

namespace Brachy;

// C# has no variadic generics: one Compile for each number of arguments.
public static partial class Jit
{
    /// <summary>
    /// Compiles a function; call the result with <see cref="JitInvocation"/>'s <c>Invoke</c>. Tensors, trees and keys among
    /// the arguments are traced, other values are static.
    /// </summary>
    /// <param name="function">The function; it must be pure.</param>
    /// <param name="donate">Positions, from 0, of arguments whose tensors are given away at each call.</param>
    /// <param name="backend">What runs the graph; <see cref="Backend.Default"/> by default.</param>
    /// <param name="name">The name in messages; the expression that is compiled by default.</param>
    /// <exception cref="NotSupportedException">A type of an argument or of the result cannot be taken apart.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A donated position does not exist.</exception>
    public static JitFunction<Arguments<T1>, TResult> Compile<T1, TResult>(
        Func<T1, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1>(ArgumentRoles.OfJit(1, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1), backend);

    /// <inheritdoc cref="Compile{T1, TResult}(Func{T1, TResult}, int[], Backend, string)"/>
    public static JitFunction<Arguments<T1, T2>, TResult> Compile<T1, T2, TResult>(
        Func<T1, T2, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1, T2>(ArgumentRoles.OfJit(2, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1, a.Argument2), backend);

    /// <inheritdoc cref="Compile{T1, TResult}(Func{T1, TResult}, int[], Backend, string)"/>
    public static JitFunction<Arguments<T1, T2, T3>, TResult> Compile<T1, T2, T3, TResult>(
        Func<T1, T2, T3, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1, T2, T3>(ArgumentRoles.OfJit(3, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1, a.Argument2, a.Argument3), backend);

    /// <inheritdoc cref="Compile{T1, TResult}(Func{T1, TResult}, int[], Backend, string)"/>
    public static JitFunction<Arguments<T1, T2, T3, T4>, TResult> Compile<T1, T2, T3, T4, TResult>(
        Func<T1, T2, T3, T4, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1, T2, T3, T4>(ArgumentRoles.OfJit(4, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4), backend);

    /// <inheritdoc cref="Compile{T1, TResult}(Func{T1, TResult}, int[], Backend, string)"/>
    public static JitFunction<Arguments<T1, T2, T3, T4, T5>, TResult> Compile<T1, T2, T3, T4, T5, TResult>(
        Func<T1, T2, T3, T4, T5, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1, T2, T3, T4, T5>(ArgumentRoles.OfJit(5, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5), backend);

    /// <inheritdoc cref="Compile{T1, TResult}(Func{T1, TResult}, int[], Backend, string)"/>
    public static JitFunction<Arguments<T1, T2, T3, T4, T5, T6>, TResult> Compile<T1, T2, T3, T4, T5, T6, TResult>(
        Func<T1, T2, T3, T4, T5, T6, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1, T2, T3, T4, T5, T6>(ArgumentRoles.OfJit(6, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6), backend);

    /// <inheritdoc cref="Compile{T1, TResult}(Func{T1, TResult}, int[], Backend, string)"/>
    public static JitFunction<Arguments<T1, T2, T3, T4, T5, T6, T7>, TResult> Compile<T1, T2, T3, T4, T5, T6, T7, TResult>(
        Func<T1, T2, T3, T4, T5, T6, T7, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7>(ArgumentRoles.OfJit(7, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7), backend);

    /// <inheritdoc cref="Compile{T1, TResult}(Func{T1, TResult}, int[], Backend, string)"/>
    public static JitFunction<Arguments<T1, T2, T3, T4, T5, T6, T7, T8>, TResult> Compile<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(
        Func<T1, T2, T3, T4, T5, T6, T7, T8, TResult> function, int[]? donate = null, Backend? backend = null, [CallerArgumentExpression(nameof(function))] string name = "function") =>
        Create(NameOf(function, name), new ArgumentsHandler<T1, T2, T3, T4, T5, T6, T7, T8>(ArgumentRoles.OfJit(8, donate)), TreeHandler.For<TResult>(), a => function(a.Argument1, a.Argument2, a.Argument3, a.Argument4, a.Argument5, a.Argument6, a.Argument7, a.Argument8), backend);
}

/// <summary>Calls compiled functions with their arguments one by one.</summary>
public static class JitInvocation
{
    /// <summary>Runs a compiled function.</summary>
    /// <inheritdoc cref="JitFunction{TArguments, TResult}.Call" path="/exception"/>
    public static TResult Invoke<T1, TResult>(this JitFunction<Arguments<T1>, TResult> function, T1 argument1) =>
        function.Call(new(argument1));

    /// <inheritdoc cref="Invoke{T1, TResult}"/>
    public static TResult Invoke<T1, T2, TResult>(this JitFunction<Arguments<T1, T2>, TResult> function, T1 argument1, T2 argument2) =>
        function.Call(new(argument1, argument2));

    /// <inheritdoc cref="Invoke{T1, TResult}"/>
    public static TResult Invoke<T1, T2, T3, TResult>(this JitFunction<Arguments<T1, T2, T3>, TResult> function, T1 argument1, T2 argument2, T3 argument3) =>
        function.Call(new(argument1, argument2, argument3));

    /// <inheritdoc cref="Invoke{T1, TResult}"/>
    public static TResult Invoke<T1, T2, T3, T4, TResult>(this JitFunction<Arguments<T1, T2, T3, T4>, TResult> function, T1 argument1, T2 argument2, T3 argument3, T4 argument4) =>
        function.Call(new(argument1, argument2, argument3, argument4));

    /// <inheritdoc cref="Invoke{T1, TResult}"/>
    public static TResult Invoke<T1, T2, T3, T4, T5, TResult>(this JitFunction<Arguments<T1, T2, T3, T4, T5>, TResult> function, T1 argument1, T2 argument2, T3 argument3, T4 argument4, T5 argument5) =>
        function.Call(new(argument1, argument2, argument3, argument4, argument5));

    /// <inheritdoc cref="Invoke{T1, TResult}"/>
    public static TResult Invoke<T1, T2, T3, T4, T5, T6, TResult>(this JitFunction<Arguments<T1, T2, T3, T4, T5, T6>, TResult> function, T1 argument1, T2 argument2, T3 argument3, T4 argument4, T5 argument5, T6 argument6) =>
        function.Call(new(argument1, argument2, argument3, argument4, argument5, argument6));

    /// <inheritdoc cref="Invoke{T1, TResult}"/>
    public static TResult Invoke<T1, T2, T3, T4, T5, T6, T7, TResult>(this JitFunction<Arguments<T1, T2, T3, T4, T5, T6, T7>, TResult> function, T1 argument1, T2 argument2, T3 argument3, T4 argument4, T5 argument5, T6 argument6, T7 argument7) =>
        function.Call(new(argument1, argument2, argument3, argument4, argument5, argument6, argument7));

    /// <inheritdoc cref="Invoke{T1, TResult}"/>
    public static TResult Invoke<T1, T2, T3, T4, T5, T6, T7, T8, TResult>(this JitFunction<Arguments<T1, T2, T3, T4, T5, T6, T7, T8>, TResult> function, T1 argument1, T2 argument2, T3 argument3, T4 argument4, T5 argument5, T6 argument6, T7 argument7, T8 argument8) =>
        function.Call(new(argument1, argument2, argument3, argument4, argument5, argument6, argument7, argument8));
}
