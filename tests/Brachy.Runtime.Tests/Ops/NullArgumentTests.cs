using System.Linq.Expressions;
using System.Reflection;

namespace Brachy.Tests.Ops;

/// <summary>Every public function refuses null where a tensor, a list or a text must be, before anything else goes wrong.</summary>
public class NullArgumentTests
{
    private static readonly NullabilityInfoContext s_nullability = new();

    // Conversions of values are no ops.
    private static readonly MethodInfo[] s_functions =
    [
        .. new[] { typeof(F), typeof(F.linalg), typeof(F.fft), typeof(Rng), typeof(Tensor) }
            .SelectMany(
                type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(
                m => !m.ContainsGenericParameters && m.Name is not ("op_Implicit" or "op_Explicit" or "Equals" or "Dispose" or "backward")),
    ];

    // What the other tensors of a call are: some functions take only a vector, indices or pictures.
    private static readonly Tensor[] s_others =
    [
        F.ones([2, 2]), F.ones([2]), F.ones([]), F.ones([1, 2, 4, 4]), F.ones([1, 4, 4]), F.ones([2, 2], DType.Int64),
        F.zeros([2], DType.Int64), F.ones([2, 2], DType.Bool),
    ];

    public static TheoryData<string> Rows() =>
        [.. s_functions.Where(m => MustNotBeNull(m).Any()).Select(m => Name(m)).Distinct().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void NullIsRefused(string name)
    {
        var problems = new List<string>();
        foreach (var method in s_functions.Where(m => Name(m) == name))
        {
            var call = Callable(method);
            foreach (var parameter in MustNotBeNull(method))
            {
                foreach (var other in s_others)
                {
                    using var scope = TensorScope.Begin();
                    using var rng = Rng.Scope(1);
                    object?[] arguments = [other, .. method.GetParameters().Select(p => p == parameter ? null : Plausible(p, other))];
                    var error = Record.Exception(() => call(arguments));
                    if (error is not ArgumentException)
                    {
                        problems.Add(
                            $"{method} with null for {parameter.Name} and {other.Type} elsewhere: {error?.ToString() ?? "accepted"}");
                    }
                }
            }
        }

        Assert.Empty(problems);
    }

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static IEnumerable<ParameterInfo> MustNotBeNull(MethodInfo method) =>
        method.GetParameters().Where(p => !p.ParameterType.IsValueType && s_nullability.Create(p).WriteState != NullabilityState.Nullable);

    private static object? Plausible(ParameterInfo parameter, Tensor other)
    {
        if (parameter.HasDefaultValue && parameter.DefaultValue is not null)
        {
            return parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, parameter.DefaultValue) : parameter.DefaultValue;
        }

        if (ElementOfSpan(parameter.ParameterType) is { } element)
        {
            return element == typeof(Tensor) ? new[] { other } : Array.CreateInstance(element, 1);
        }

        return parameter.ParameterType switch
        {
            _ when parameter.HasDefaultValue =>
                parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null,
            var type when type == typeof(Tensor) => other,
            var type when type.IsAssignableFrom(typeof(Tensor[])) => new[] { other },
            var type when type == typeof(Shape) => other.shape,
            var type when type == typeof(RngKey) => Rng.Seed(1),
            var type when type == typeof(string) => "ij,jk->ik",
            var type when type == typeof(long) => 1L,
            var type when type == typeof(double) => 0.5,
            var type when type.IsArray => Array.CreateInstance(type.GetElementType()!, 1),
            var type => type.IsValueType ? Activator.CreateInstance(type) : null,
        };
    }

    /// <summary>
    /// A method as a function of an array, which reflection does not offer where spans are wanted; the object comes first.
    /// </summary>
    private static Action<object?[]> Callable(MethodInfo method)
    {
        var arguments = Expression.Parameter(typeof(object[]));
        Expression Argument(int index, Type type)
        {
            var value = Expression.ArrayIndex(arguments, Expression.Constant(index));
            return Expression.Convert(
                ElementOfSpan(type) is { } element ? Expression.Convert(value, element.MakeArrayType()) : value, type);
        }

        var instance = method.IsStatic ? null : Argument(0, method.DeclaringType!);
        var call = Expression.Call(instance, method, method.GetParameters().Select((p, i) => Argument(i + 1, p.ParameterType)));
        return Expression.Lambda<Action<object?[]>>(Expression.Block(call, Expression.Empty()), arguments).Compile();
    }

    private static Type? ElementOfSpan(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>) ? type.GetGenericArguments()[0] : null;
}
