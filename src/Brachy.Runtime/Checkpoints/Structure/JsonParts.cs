using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Brachy.IO;

/// <summary>Takes JSON apart. What is of another kind than it should be is a <see cref="FormatException"/> that says where.</summary>
internal static class JsonParts
{
    /// <summary>The members of an object, in their order.</summary>
    /// <param name="element">The object.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="FormatException">It is no object, or has a member twice.</exception>
    public static List<(string Name, JsonElement Value)> Members(JsonElement element, string what)
    {
        Require(element, JsonValueKind.Object, what);
        var members = new List<(string, JsonElement)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            var name = Unicode(() => property.Name, $"a key of {what}");
            members.Add(names.Add(name) ? (name, property.Value) : throw new FormatException($"{what} has '{name}' twice"));
        }

        return members;
    }

    /// <exception cref="FormatException">It is no array.</exception>
    public static JsonElement[] Items(JsonElement element, string what)
    {
        Require(element, JsonValueKind.Array, what);
        return [.. element.EnumerateArray()];
    }

    /// <exception cref="FormatException">It is no text, or no valid Unicode.</exception>
    public static string Text(JsonElement element, string what)
    {
        Require(element, JsonValueKind.String, what);
        return Unicode(() => element.GetString()!, what);
    }

    /// <summary>The JSON of a hostile file may be nested more deeply than the stack of a small thread.</summary>
    /// <exception cref="FormatException">The stack is nearly full.</exception>
    public static void RequireStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new FormatException("it is nested too deeply for the stack of this thread");
        }
    }

    private static void Require(JsonElement element, JsonValueKind kind, string what)
    {
        if (element.ValueKind != kind)
        {
            throw new FormatException($"{what} is {element.ValueKind}, not {kind}");
        }
    }

    /// <summary>An escape may stand for half of a surrogate pair.</summary>
    private static string Unicode(Func<string> read, string what)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException error)
        {
            throw new FormatException($"{what} is not valid Unicode", error);
        }
    }
}
