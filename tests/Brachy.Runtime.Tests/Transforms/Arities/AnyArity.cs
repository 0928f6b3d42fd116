using System.Linq.Expressions;
using System.Reflection;

namespace Brachy.Tests.Transforms;

/// <summary>Functions of any number of arguments, and calls of the overload that takes them.</summary>
internal static class AnyArity
{
    private static readonly Type[] s_tuples =
    [
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>),
        typeof(ValueTuple<,,,,>), typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),
    ];

    /// <summary>A delegate of type <c>Func</c> with these parameters.</summary>
    public static Delegate Function(Type[] parameters, Type result, Func<object[], object> body)
    {
        var named = Array.ConvertAll(parameters, type => Expression.Parameter(type));
        var arguments = Expression.NewArrayInit(typeof(object), named.Select(p => Expression.Convert(p, typeof(object))));
        var call = Expression.Convert(Expression.Invoke(Expression.Constant(body), arguments), result);
        return Expression.Lambda(Expression.GetFuncType([.. parameters, result]), call, named).Compile();
    }

    /// <summary>
    /// Calls the one overload of a static method, or of a method of an object, that takes these type arguments and arguments.
    /// </summary>
    public static object Call(object owner, string name, Type[] typeArguments, params object?[] arguments)
    {
        var flags = BindingFlags.Public | (owner is Type ? BindingFlags.Static : BindingFlags.Instance);
        var method = ((owner as Type) ?? owner.GetType()).GetMethods(flags)
            .Where(m => m.Name == name && m.GetGenericArguments().Length == typeArguments.Length)
            .Select(m => m.MakeGenericMethod(typeArguments))
            .Single(m => m.GetParameters() is var all && all.Length >= arguments.Length
                && arguments.Zip(all).All(pair => pair.Second.ParameterType.IsInstanceOfType(pair.First))
                && all.Skip(arguments.Length).All(parameter => parameter.IsOptional));
        object?[] filled = [.. arguments, .. Enumerable.Repeat(Type.Missing, method.GetParameters().Length - arguments.Length)];
        return method.Invoke(owner is Type ? null : owner, BindingFlags.DoNotWrapExceptions, null, filled, null)!;
    }

    /// <summary>Calls a delegate.</summary>
    public static object Run(object function, params object[] arguments) =>
        function.GetType().GetMethod("Invoke")!.Invoke(function, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    /// <summary>The type of a tuple; of more than seven items, as C# writes it.</summary>
    public static Type TupleType(params Type[] items) => items.Length <= 7
        ? s_tuples[items.Length - 1].MakeGenericType(items)
        : s_tuples[7].MakeGenericType([.. items[..7], TupleType(items[7..])]);

    /// <summary>A tuple.</summary>
    public static object Tuple(params object[] items)
    {
        object[] parts = items.Length <= 7 ? items : [.. items[..7], Tuple(items[7..])];
        return Activator.CreateInstance(TupleType(Array.ConvertAll(items, item => item.GetType())), parts)!;
    }
}
