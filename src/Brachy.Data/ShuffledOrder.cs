namespace Brachy.Data;

/// <summary>Each element once, in random order.</summary>
internal sealed class ShuffledOrder : BatchOrder
{
    internal override string Description => "shuffled";

    internal override int[] Draw(int count, long step, long key)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new KeyStream(key).Shuffle<int>(order);
        return order;
    }
}
