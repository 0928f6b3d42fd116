namespace Brachy.Trees;

/// <summary>What somebody who mistyped a name may have meant.</summary>
internal static class NearMiss
{
    /// <summary>The candidate nearest to a name, unless even that is far from it.</summary>
    public static string? Find(string name, IEnumerable<string> candidates) =>
        Sort(name, candidates).FirstOrDefault() is { } near && Distance(name, near) <= Math.Max(1, name.Length / 3) ? near : null;

    /// <summary>The candidates, nearest first.</summary>
    public static IEnumerable<string> Sort(string name, IEnumerable<string> candidates) => candidates.OrderBy(c => Distance(name, c));

    /// <summary>The number of characters to insert, delete or replace to get from one text to the other (Levenshtein).</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 0; i < left.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < right.Length; j++)
            {
                var replaced = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, 1 + Math.Min(row[j], diagonal));
            }
        }

        return row[^1];
    }
}
