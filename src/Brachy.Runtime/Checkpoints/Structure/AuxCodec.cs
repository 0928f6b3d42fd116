using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Brachy.Optim;
using Brachy.Trees;

namespace Brachy.IO;

/// <summary>
/// How checkpoints write static values, such as those of <c>[Static]</c> properties: as JSON that names the type, so that each comes back
/// as exactly the type it was. Known are truth values, numbers, texts, <see cref="Shape"/>, <see cref="Size2d"/>, <see cref="Size3d"/>,
/// <see cref="DType"/>, <see cref="GlobalConfig"/>, <see cref="PathFilter"/>, <see cref="Optim.Schedule"/>, enums of <c>[Static]</c>
/// properties, and arrays, lists, memory and dictionaries (by text) of all of these.
/// </summary>
public static class AuxCodec
{
    private const string LeftOut = "left out";

    // With those of the deepest tree around it less than a reader takes.
    private const int MaxDepth = 2 * NestingDepth.Max;

    private static readonly ConcurrentDictionary<Type, AuxForm> s_byType = new();
    private static readonly ConcurrentDictionary<string, AuxForm> s_byName = new(StringComparer.Ordinal);

    static AuxCodec() => BuiltInAuxCodecs.RegisterAll();

    /// <summary>
    /// Makes a type known to checkpoints, together with arrays, lists, memory and dictionaries of it. A later registration
    /// replaces an earlier one.
    /// </summary>
    /// <typeparam name="T">The type; it must have value equality, as all static values.</typeparam>
    /// <param name="name">The name in files. It must stay the same, whatever becomes of the type's own name.</param>
    /// <param name="write">Writes exactly one JSON value.</param>
    /// <param name="read">Reads what <paramref name="write"/> wrote. It must not run anything that a file names.</param>
    /// <exception cref="ArgumentException">The name is empty, or one of those that checkpoints use themselves.</exception>
    public static void Register<T>(string name, Action<Utf8JsonWriter, T> write, Func<JsonElement, T> read)
        where T : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentNullException.ThrowIfNull(read);
        if (name == LeftOut || name.Contains('<', StringComparison.Ordinal) || name.EndsWith("[]", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}' is a name that checkpoints use themselves; choose another.", nameof(name));
        }

        var single = new AuxForm<T>(name, write, read);
        Add(typeof(T), single);
        Add(
            typeof(T[]),
            new AuxForm<T[]>($"{name}[]", (w, items) => WriteItems(w, items, write), e => [.. e.EnumerateArray().Select(read)]));
        Add(
            typeof(List<T>),
            new AuxForm<List<T>>($"list<{name}>", (w, items) => WriteItems(w, items, write), e => [.. e.EnumerateArray().Select(read)]));
        Add(typeof(Memory<T>), new AuxForm<Memory<T>>(
            $"memory<{name}>", (w, items) => WriteItems(w, items.ToArray(), write), e => e.EnumerateArray().Select(read).ToArray()));
        Add(typeof(ReadOnlyMemory<T>), new AuxForm<ReadOnlyMemory<T>>(
            $"read_only_memory<{name}>", (w, items) => WriteItems(w, items.ToArray(), write),
            e => e.EnumerateArray().Select(read).ToArray()));
        Add(
            typeof(Dictionary<string, T>),
            new AuxForm<Dictionary<string, T>>($"map<{name}>", (w, map) => WriteMap(w, map, write), e => ReadMap(e, read)));
    }

    /// <summary>Makes an enum known to checkpoints, by the names of its values.</summary>
    /// <param name="name">The name of the enum in files.</param>
    public static void RegisterEnum<T>(string name)
        where T : struct, Enum =>
        Register<T>(
            name,
            (writer, value) => writer.WriteStringValue(
                IsName(value.ToString()) ? value.ToString() : throw new NotSupportedException($"{value} is no {name}")),
            element => IsName(element.GetString()) && Enum.TryParse<T>(element.GetString(), out var value)
                ? value
                : throw new FormatException($"'{element.GetString()}' is no {name}"));

    /// <summary>Writes a value with the name of its type.</summary>
    /// <exception cref="NotSupportedException">The type is not known, or the value cannot be written.</exception>
    internal static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                return;
            case bool truth:
                writer.WriteBooleanValue(truth);
                return;
            case string text:
                WriteText(writer, text);
                return;
            default:
                break;
        }

        var form = FormOf(value) ?? throw new NotSupportedException(
            $"{Article.With(TypeText.OfValue(value))} is not known to checkpoints; register it once with AuxCodec.Register");
        writer.WriteStartObject();
        writer.WritePropertyName(form.Name);
        form.Write(writer, value);
        writer.WriteEndObject();
    }

    /// <summary>Throws unless a value can be written.</summary>
    /// <exception cref="NotSupportedException">It cannot.</exception>
    internal static void RequireWritable(object? value)
    {
        using var writer = new Utf8JsonWriter(Stream.Null, new JsonWriterOptions { MaxDepth = MaxDepth });
        try
        {
            Write(writer, value);
        }
        catch (InvalidOperationException error) when (writer.CurrentDepth >= MaxDepth)
        {
            throw new NotSupportedException("a collection contains itself, or is nested too deeply; put a copy into it", error);
        }
        catch (Exception error) when (error is not (NotSupportedException or OutOfMemoryException))
        {
            // The write function of a user may throw anything.
            throw new NotSupportedException($"it cannot be written: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <exception cref="NotSupportedException">The text is not valid Unicode.</exception>
    internal static void WriteText(Utf8JsonWriter writer, string text) => writer.WriteStringValue(RequireUnicode(text));

    /// <inheritdoc cref="WriteText"/>
    internal static void WriteKey(Utf8JsonWriter writer, string key) => writer.WritePropertyName(RequireUnicode(key));

    /// <summary>Writes that a value was left out, and why.</summary>
    internal static void WriteLeftOut(Utf8JsonWriter writer, string why)
    {
        writer.WriteStartObject();
        writer.WriteString(LeftOut, why);
        writer.WriteEndObject();
    }

    /// <summary>Why a value was left out of the file; null when it was not.</summary>
    internal static string? WhyLeftOut(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && JsonParts.Members(element, "a static value") is [(LeftOut, var why)]
            ? JsonParts.Text(why, "why a value was left out")
            : null;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The JSON is of another kind, or names a type that is not known.</exception>
    internal static object? Read(JsonElement element)
    {
        try
        {
            return ReadItem(element);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The read function of a user may throw anything.
            var type = element.ValueKind == JsonValueKind.Object && JsonParts.Members(element, "a static value") is [var (name, _)]
                ? $"of type '{name}' "
                : "";
            throw new FormatException($"a static value {type}cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>As <see cref="Read"/>, within a value: a handler at each level would take the stack of a deeply nested one.</summary>
    internal static object? ReadItem(JsonElement element)
    {
        JsonParts.RequireStack();
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            case JsonValueKind.String:
                return JsonParts.Text(element, "a text");
            case JsonValueKind.Object when JsonParts.Members(element, "a static value") is [var (name, content)]:
                return s_byName.TryGetValue(name, out var form)
                    ? form.Read(content)
                    : throw new FormatException(name == LeftOut
                        ? "a static value was left out when it was saved"
                        : $"there is a static value of type '{name}', which is not known here; register it with AuxCodec.Register before "
                            + "loading");
            default:
                throw new FormatException($"a static value is {element.ValueKind}, which says no type");
        }
    }

    /// <summary>A value of an enum that has no name is its number as a text.</summary>
    private static bool IsName([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 } && !char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+' or ' ');

    private static string RequireUnicode(string text) =>
        StrictText.IsValid(text) ? text : throw new NotSupportedException("a text is not valid Unicode: it has half of a surrogate pair");

    private static AuxForm? FormOf(object value) =>
        s_byType.TryGetValue(value.GetType(), out var form) ? form : s_byType.Values.FirstOrDefault(f => f.IsBaseOf(value));

    private static void Add(Type type, AuxForm form)
    {
        s_byType[type] = form;
        s_byName[form.Name] = form;
    }

    private static void WriteItems<T>(Utf8JsonWriter writer, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            write(writer, RequireItem(item));
        }

        writer.WriteEndArray();
    }

    private static void WriteMap<T>(Utf8JsonWriter writer, Dictionary<string, T> map, Action<Utf8JsonWriter, T> write)
    {
        writer.WriteStartObject();
        foreach (var (key, item) in map)
        {
            WriteKey(writer, key);
            write(writer, RequireItem(item));
        }

        writer.WriteEndObject();
    }

    /// <summary>Only objects write their null; a null of another type would be read as something else.</summary>
    private static T RequireItem<T>(T item) =>
        item is null && typeof(T) != typeof(object) ? throw new NotSupportedException("a collection holds null") : item;

    private static Dictionary<string, T> ReadMap<T>(JsonElement element, Func<JsonElement, T> read)
    {
        var map = new Dictionary<string, T>();
        foreach (var property in element.EnumerateObject())
        {
            map.Add(property.Name, read(property.Value));
        }

        return map;
    }
}
