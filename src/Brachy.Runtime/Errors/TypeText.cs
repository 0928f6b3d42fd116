namespace Brachy;

/// <summary>Types in messages, as C# writes them: <c>List&lt;(Tensor, int?)&gt;</c>, without namespaces.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(char)] = "char",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(void)] = "void",
    };

    /// <summary>The type of a value, or <c>null</c>.</summary>
    public static string OfValue(object? value) => value is null ? "null" : Of(value.GetType());

    /// <summary>The type as code would name it.</summary>
    public static string Of(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            // The outermost brackets come first.
            var (element, brackets) = (type, "");
            for (; element.IsArray; element = element.GetElementType()!)
            {
                brackets += $"[{new string(',', element.GetArrayRank() - 1)}]";
            }

            return Of(element) + brackets;
        }

        if (type.IsPointer)
        {
            return Of(type.GetElementType()!) + "*";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }

        return IsTuple(type) ? $"({string.Join(", ", Items(type).Select(Of))})"
            : type.Name.StartsWith("<>f__AnonymousType", StringComparison.Ordinal) ? "anonymous type"
            : type.IsGenericParameter ? type.Name
            : Nested(type);
    }

    /// <summary>
    /// The name, and before it those of the types around whose type arguments are part of the type: outermost first, each with its own.
    /// </summary>
    private static string Nested(Type type)
    {
        var arguments = type.GetGenericArguments();
        var names = new List<string>();
        for (var part = type; part is not null && (part == type || part.IsGenericType); part = part.DeclaringType)
        {
            var before = part.DeclaringType?.GetGenericArguments().Length ?? 0;
            var own = arguments[before..part.GetGenericArguments().Length];
            var name = part.Name.Split('`')[0];
            names.Add(own.Length == 0 ? name : $"{name}<{(type.IsGenericTypeDefinition ? new string(',', own.Length - 1)
                : string.Join(", ", own.Select(Of)))}>");
        }

        names.Reverse();
        return string.Join(".", names);
    }

    private static bool IsTuple(Type type) => type is { IsGenericType: true, IsGenericTypeDefinition: false }
        && type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true && type.GetGenericArguments().Length > 1;

    /// <summary>The items of a tuple, those of its rest too.</summary>
    private static IEnumerable<Type> Items(Type type)
    {
        var arguments = type.GetGenericArguments();
        return arguments.Length == 8 && arguments[7].FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
            ? arguments[..7].Concat(Items(arguments[7]))
            : arguments;
    }
}
