namespace Brachy;

/// <summary>Something with tensors in it that may outlive a trace in which it is written to.</summary>
internal interface IOuterStore
{
    /// <summary>When it was made: <see cref="Trace.Stamp"/>.</summary>
    long Stamp { get; }

    /// <summary>The name of a value that a tensor is in; null for none.</summary>
    string? Find(Predicate<Tensor> isWanted);

    /// <summary>What puts back what is in it now.</summary>
    Action Remember();
}

/// <summary>
/// What a trace wrote to that is older than itself, such as the buffers of a captured model: nothing of the trace may stay there, where it
/// has no value.
/// </summary>
/// <param name="trace">The trace.</param>
internal sealed class OuterStores(Trace trace)
{
    private readonly Dictionary<IOuterStore, Action> _restore = new(ReferenceEqualityComparer.Instance);

    /// <summary>Something is about to be written to.</summary>
    public void Note(IOuterStore store)
    {
        if (store.Stamp < trace.Id && !_restore.ContainsKey(store))
        {
            _restore.Add(store, store.Remember());
        }
    }

    /// <summary>Puts back what there was before where tensors of the trace are now.</summary>
    /// <returns>The name of one of them; null if there are none.</returns>
    public string? Restore()
    {
        string? found = null;
        foreach (var (store, restore) in _restore)
        {
            if (store.Find(tensor => tensor.IsOn(trace)) is { } name)
            {
                found = name;
                restore();
            }
        }

        return found;
    }

    /// <summary>Lets the trace around this one look after them from now on.</summary>
    public void HandOn(Trace outer)
    {
        foreach (var (store, restore) in _restore.Where(entry => entry.Key.Stamp < outer.Id))
        {
            outer.OuterStores._restore.TryAdd(store, restore);
        }
    }
}
