namespace Brachy.Data;

/// <summary>Each element once, those of a batch of about equal lengths.</summary>
internal sealed class LengthOrder(IReadOnlyList<int> lengths, int window) : BatchOrder
{
    private readonly int[] _lengths = [.. lengths];

    internal override string Description => $"by length {Digest(_lengths, length => length)}, window {window}";

    internal override int? Count => _lengths.Length;

    internal override int[] Draw(int count, long step, long key)
    {
        var random = new KeyStream(key);
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle<int>(order);

        // What is left over is drawn before anything is sorted, so that it is not always the longest.
        var whole = (int)(count - (count % step));
        var sorted = window == 0 ? whole : (int)Math.Min(whole, window * step);
        for (var start = 0; start < whole; start += sorted)
        {
            var part = order.AsSpan(start, Math.Min(sorted, whole - start));
            part.Sort((a, b) => (_lengths[a], a).CompareTo((_lengths[b], b)));
        }

        order.AsSpan(whole).Sort((a, b) => (_lengths[a], a).CompareTo((_lengths[b], b)));
        var steps = whole == 0 ? [] : order[..whole].Chunk((int)step).ToArray();
        random.Shuffle<int[]>(steps);
        return [.. steps.SelectMany(indices => indices), .. order.AsSpan(whole)];
    }
}
