namespace Brachy.Compilation;

/// <summary>The steps of a program, those for rows put together to chains where they can be.</summary>
internal sealed class StepList
{
    private readonly List<VectorStep> _steps = [];
    private readonly List<RowChain> _chains = [];

    // What the steps of an instruction belong to, and the instructions whose steps belong to several things.
    private readonly Dictionary<int, RowChain?> _owners = [];
    private readonly HashSet<int> _shared = [];
    private RowChain? _open;

    /// <summary>The steps.</summary>
    public IReadOnlyList<VectorStep> Steps => _steps;

    /// <summary>Adds a step that is done as a whole.</summary>
    /// <param name="step">The step.</param>
    /// <param name="index">Its instruction.</param>
    public void Add(VectorStep step, int index)
    {
        _open = null;
        Own(index, null);
        _steps.Add(step);
    }

    /// <summary>Adds a step for rows.</summary>
    /// <param name="step">The step.</param>
    /// <param name="index">Its instruction.</param>
    public unsafe void Add(RowStep step, int index)
    {
        if (OverwritesWhatOtherRowsRead(step))
        {
            Add(memory => step.Run(memory, 0, step.Rows), index);
            return;
        }

        if (_open?.TryAdd(step, index) != true)
        {
            _open = RowChain.Of(step, index);
            _chains.Add(_open);
            _steps.Add(_open.Run);
        }

        Own(index, _open!);
    }

    /// <summary>Chooses the blocks of chains, when all is known that will read the values.</summary>
    /// <inheritdoc cref="RowChain.Settle"/>
    public void Settle(HashSet<Allocation> scratch, int scratchMemory, int tableSize) =>
        _chains.ForEach(chain => chain.Settle(scratch, scratchMemory, tableSize, _shared.Contains));

    private void Own(int index, RowChain? owner)
    {
        if (!_owners.TryAdd(index, owner) && (owner is null || _owners[index] != owner))
        {
            _shared.Add(index);
        }
    }

    private static bool OverwritesWhatOtherRowsRead(RowStep step) => step.Writes.Any(written =>
        step.Whole.Any(read => read.Allocation == written.Allocation)
        || step.Reads.Any(read => read.Allocation == written.Allocation && !RowChain.HaveSameElements(read, written)));
}
