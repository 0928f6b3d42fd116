using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace Brachy.CompilerServices;

/// <summary>
/// The types whose values may not be static unless they are registered, since something in them can change that their <c>Equals</c> does
/// not see. Generated code names those of a project that it cannot take apart; nothing is reflected on.
/// </summary>
internal static class StaticRefusals
{
    private const string Remedy = "Make it a record or struct whose stored members are all internal or public, pass a tuple, or make it "
        + "known once with StaticContent.Register.";

    /// <summary>Structs of the framework whose <c>Equals</c> asks for the same objects, and not for what is in them.</summary>
    private static readonly HashSet<Type> s_byReference =
        [typeof(Memory<>), typeof(ReadOnlyMemory<>), typeof(ArraySegment<>), typeof(ReadOnlySequence<>), typeof(KeyValuePair<,>)];

    /// <summary>What is wrong with values of the definitions, given their type; null where nothing is.</summary>
    private static readonly ConcurrentDictionary<(Assembly Assembly, string Name), Func<Type, string?>> s_reasons = new();

    /// <summary>Names a type that is refused.</summary>
    /// <param name="assembly">Where it is declared.</param>
    /// <param name="name">Its full name, or that of its generic definition.</param>
    /// <param name="reason">What is wrong, from "has" on.</param>
    public static void Add(Assembly assembly, string name, string reason) =>
        s_reasons.TryAdd((assembly, name), _ => $"it {reason}. {Remedy}");

    /// <summary>Names a generic definition that is refused for its type arguments.</summary>
    public static void AddUnseen(Assembly assembly, string name) => s_reasons.TryAdd(
        (assembly, name),
        type => UncomparedArgument(type) is { } argument
            ? $"generated code has not seen it with the type argument {TypeText.Of(argument)}, whose changes in place would go unseen. "
                + $"{Remedy}"
            : null);

    /// <summary>Names a type that generated code would register if it knew that its values are static.</summary>
    public static void AddUnmarked(Assembly assembly, string name) => s_reasons.TryAdd(
        (assembly, name),
        type =>
            $"generated code does not compare it: no [Static] member, argument of a [Jit] method or transform, or aux value is declared "
                + $"to be one. Write [Static] above the declaration of {TypeText.Of(type)} in {assembly.GetName().Name}, or make it known "
                + "once "
                + "with "
                + $"StaticContent.Register<{TypeText.Of(type)}>.");

    /// <summary>
    /// Why values of a type that is not registered are refused, as in "A Pair is passed as a static value, but ...";
    /// null where they are not.
    /// </summary>
    public static string? Reason(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (s_byReference.Contains(definition))
        {
            return "what it holds cannot be compared: generated code has not seen the type. " +
                "Pass an array, or make the type known once with StaticContent.RegisterMemory or StaticContent.Register.";
        }

        if (s_reasons.TryGetValue((definition.Assembly, definition.FullName ?? ""), out var reason))
        {
            return reason(type);
        }

        return type.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal) && UncomparedArgument(type) is { } member
            ? $"it is an anonymous type that holds {Article.With(TypeText.Of(member))}, whose changes in place would go unseen. {Remedy}"
            : null;
    }

    private static Type? UncomparedArgument(Type type) => Array.Find(type.GetGenericArguments(), argument => !IsComparedByEquals(argument));

    /// <summary>Whether <c>Equals</c> of values of a type sees all that can change in them.</summary>
    private static bool IsComparedByEquals(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Type) || type == typeof(Shape)
            || type.IsAssignableTo(typeof(IStaticContent))
            || type.IsAssignableTo(typeof(Delegate)) || StaticContent.Known(type) is PlainContent)
        {
            return true;
        }

        return type.IsValueType && StaticContent.Known(type) is null && !type.IsAssignableTo(typeof(IEnumerable)) && Reason(type) is null
            && UncomparedArgument(type) is null;
    }
}
