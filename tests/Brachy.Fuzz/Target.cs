using System.Linq.Expressions;
using System.Reflection;

namespace Brachy.Fuzz;

/// <summary>One public method or constructor, callable with an array of arguments.</summary>
/// <param name="Name">Type, method and parameter types: unique.</param>
/// <param name="Parameters">The parameters; an instance method's object comes first.</param>
/// <param name="Invoke">Calls it.</param>
public sealed record Target(string Name, IReadOnlyList<Parameter> Parameters, Func<object?[], object?> Invoke)
{
    public static Target Of(MethodBase method)
    {
        var arguments = Expression.Parameter(typeof(object[]), "arguments");
        var parameters = new List<Parameter>();
        Expression? instance = null;
        if (method is MethodInfo { IsStatic: false })
        {
            instance = Argument(arguments, 0, method.DeclaringType!);
            parameters.Add(new Parameter("this", method.DeclaringType!, IsNullable: false, HasDefault: false, null));
        }

        var nullability = new NullabilityInfoContext();
        var converted = new List<Expression>();
        foreach (var parameter in method.GetParameters())
        {
            converted.Add(Argument(arguments, parameters.Count, parameter.ParameterType));
            var isNullable = nullability.Create(parameter).WriteState == NullabilityState.Nullable;
            parameters.Add(new Parameter(
                parameter.Name!, parameter.ParameterType, isNullable, parameter.HasDefaultValue,
                parameter.HasDefaultValue ? parameter.DefaultValue : null));
        }

        Expression call = method is ConstructorInfo constructor
            ? Expression.New(constructor, converted)
            : Expression.Call(instance, (MethodInfo)method, converted);
        Expression body =
            call.Type == typeof(void) ? Expression.Block(call, Expression.Constant(null)) : Expression.Convert(call, typeof(object));
        var name = $"{method.DeclaringType!.Name}.{(method.IsConstructor ? "new" : method.Name)}("
            + $"{string.Join(", ", parameters.Select(p => p.TypeName))})";
        return new Target(name, parameters, Expression.Lambda<Func<object?[], object?>>(body, arguments).Compile());
    }

    private static UnaryExpression Argument(Expression arguments, int index, Type type)
    {
        var value = Expression.ArrayIndex(arguments, Expression.Constant(index));
        return Parameter.ElementOfSpan(type) is { } element
            ? Expression.Convert(Expression.Convert(value, element.MakeArrayType()), type)
            : Expression.Convert(value, type);
    }
}

/// <summary>One parameter of a target.</summary>
public sealed record Parameter(string Name, Type Type, bool IsNullable, bool HasDefault, object? Default)
{
    public string TypeName => (Nullable.GetUnderlyingType(Type) is { } inner ? $"{inner.Name}?"
        : (ElementOfSpan(Type) ?? ElementOfList(Type)) is { } element ? $"{element.Name}[]"
        : Type.Name) + $" {Name}";

    /// <summary>What a list parameter is a list of, or null.</summary>
    public static Type? ElementOfList(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>What a span parameter is a span of, or null.</summary>
    public static Type? ElementOfSpan(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>) ? type.GetGenericArguments()[0] : null;
}
