namespace System.Linq;

/// <summary>Functions of sequences that came with .NET 9 and 10.</summary>
internal static class Sequences
{
    public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> source) => source.Select((item, index) => (index, item));

    public static IEnumerable<KeyValuePair<TKey, int>> CountBy<T, TKey>(this IEnumerable<T> source, Func<T, TKey> key)
        where TKey : notnull =>
        source.GroupBy(key).Select(group => KeyValuePair.Create(group.Key, group.Count()));

    /// <summary>Without this, C# 14 takes the function that reverses a span in place.</summary>
    public static IEnumerable<T> Reverse<T>(this T[] source) => Enumerable.Reverse(source);
}
