using System.Collections;
using System.Globalization;

namespace Brachy.CompilerServices;

/// <summary>Writes static values, and snapshots of them, for printouts and messages.</summary>
internal static class StaticText
{
    public static string Of(object? value) => Of(value, null);

    /// <summary>A record or struct: <c>Settings { Sizes = [1, 2] }</c>.</summary>
    public static string OfMembers(Type type, string[] names, IEnumerable<string> members) =>
        $"{type.Name.Split('`')[0]} {{ {string.Join(", ", names.Zip(members, (name, member) => $"{name} = {member}"))} }}";

    private static string Of(object? value, Level? above) => value switch
    {
        null => "null",
        StaticSnapshot snapshot => snapshot.ToString()!,
        string text => $"\"{text}\"",
        IDictionary or IList when Level.Ends(above, value) => "...",
        IList list when StaticValue.IsUninitialized(list) => "default",
        IDictionary dictionary => "{"
            + $"{string.Join(", ", dictionary.Keys.Cast<object>().Select(key => $"{key}: {Of(dictionary[key], new(dictionary, above))}"))}"
            + "}",
        IList list => $"[{string.Join(", ", list.Cast<object?>().Select(item => Of(item, new(list, above))))}]",
        _ when StaticContent.Known(value.GetType()) is StaticMemory memory => Of(memory.Items(value), above),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        Delegate or Type or ITraced => value.ToString()!,
        _ when StaticContent.Known(value.GetType()) is { Names: { } names } content =>
            Level.Ends(above, value)
                ? "..."
                : OfMembers(value.GetType(), names, content.Members(value).Select(member => Of(member, new(value, above)))),
        _ => value.ToString() ?? TypeText.OfValue(value),
    };

    /// <summary>The collections around the one that is written.</summary>
    private sealed class Level(object collection, Level? above)
    {
        private readonly object _collection = collection;
        private readonly Level? _above = above;

        public static bool Ends(Level? above, object collection)
        {
            var depth = 0;
            for (var level = above; level is not null; level = level._above)
            {
                depth++;
                if (ReferenceEquals(level._collection, collection))
                {
                    return true;
                }
            }

            return NestingDepth.IsTooDeep(depth);
        }
    }
}
