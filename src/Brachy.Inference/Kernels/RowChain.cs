using System.Runtime.CompilerServices;

namespace Brachy.Compilation;

/// <summary>
/// Steps that follow each other and work on the same rows. All of them are done for one block of rows after the other, which stays in the
/// cache on the way, by all threads; values that nothing else reads have no more memory than a block.
/// </summary>
internal sealed unsafe class RowChain
{
    // Steps whose rows are put together for a chain stay small enough for many blocks.
    private const long MostBytesOfJoinedRow = 1 << 14;

    private const int MostAddresses = 1024;

    // All values of a longer chain would need their blocks at the same time.
    private const int MostSteps = 64;

    private readonly List<RowStep> _steps = [];
    private readonly Dictionary<Allocation, Layout?> _uses = [];
    private readonly HashSet<Allocation> _written = [];
    private readonly List<(Allocation Value, long Offset)> _blocks = [];
    private int _rows;
    private int _parts = 1;
    private int _tableSize;
    private long _blockSize;
    private Layout? _ofMembers;

    private RowChain(int first) => (First, Last) = (first, first);

    /// <summary>The instruction of the first step.</summary>
    public int First { get; }

    /// <summary>The instruction of the last step.</summary>
    public int Last { get; private set; }

    /// <summary>A chain of one step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="index">Its instruction.</param>
    public static RowChain Of(RowStep step, int index)
    {
        var chain = new RowChain(index) { _rows = step.Rows };
        chain.Append(step);
        return chain;
    }

    /// <summary>Adds a step, if each of its rows depends on the same row of the others alone.</summary>
    /// <param name="step">The step.</param>
    /// <param name="index">Its instruction.</param>
    public bool TryAdd(RowStep step, int index)
    {
        // Rows of one step are some rows of another, one after the other.
        var rows = GreatestCommonDivisor(_rows, step.Rows);
        IEnumerable<RowStep> all = [.. _steps, step];
        var most = all.Max(each => each.Cut.Max(BytesOf) / each.Rows);
        if (_steps.Count == MostSteps || all.Max(each => each.Cut.Max(BytesOf)) / rows > Math.Max(most, MostBytesOfJoinedRow)
            || step.Whole.Any(layout => _written.Contains(layout.Allocation))
            || step.Writes.Any(layout => !IsCutAlike(layout))
            || step.Reads.Any(layout => _written.Contains(layout.Allocation) && !IsCutAlike(layout)))
        {
            return false;
        }

        (_rows, Last) = (rows, index);
        Append(step);
        return true;
    }

    /// <summary>Chooses the blocks, when all is known that will read the values.</summary>
    /// <param name="scratch">The values in scratch memory; those that need blocks alone are taken out.</param>
    /// <param name="scratchMemory">Which address leads there.</param>
    /// <param name="tableSize">How many addresses a run of the program has.</param>
    /// <param name="hasOtherSteps">Whether an instruction has steps outside this chain.</param>
    public void Settle(HashSet<Allocation> scratch, int scratchMemory, int tableSize, Func<int, bool> hasOtherSteps)
    {
        var bytes = _uses.Values.Sum(cut => cut is null ? 0 : BytesOf(cut));
        _parts = TeamStep.PartsOf(_rows, bytes);
        if (_parts == 1)
        {
            return;
        }

        // Blocks of other rows are written before and after.
        var own = _uses.Keys.Where(IsOwn).ToArray();
        foreach (var used in _uses.Keys)
        {
            used.FirstUse = used.FirstUse >= First ? First : used.FirstUse;
            used.LastUse = Math.Max(used.LastUse, Last);
        }

        if (tableSize + own.Length > MostAddresses || own.Length == 0)
        {
            return;
        }

        // The first parts have a row more where they cannot be of one size.
        var most = (_rows + _parts - 1) / _parts;
        foreach (var allocation in own)
        {
            _blocks.Add((allocation, _blockSize));
            _blockSize += ScratchMemory.Aligned(BytesOf(_uses[allocation]!) / _rows * most);
            allocation.Memory = tableSize + _blocks.Count - 1;
            scratch.Remove(allocation);
        }

        var members = Math.Min(_parts, Environment.ProcessorCount);
        var memory = new Allocation(scratchMemory, _blockSize * members, First) { LastUse = Last };
        scratch.Add(memory);
        _ofMembers = Layout.Dense(memory, DType.UInt8, [memory.Bytes]);
        _tableSize = tableSize;

        bool IsOwn(Allocation allocation) => scratch.Contains(allocation) && _written.Contains(allocation)
            && _uses[allocation] is { Offset: 0 } cut && BytesOf(cut) == allocation.Bytes
            && allocation.FirstUse >= First && allocation.LastUse <= Last
            && !(hasOtherSteps(First) && allocation.FirstUse == First) && !(hasOtherSteps(Last) && allocation.LastUse == Last);
    }

    /// <summary>Does all steps.</summary>
    public void Run(nint* memory)
    {
        if (_parts == 1)
        {
            foreach (var step in _steps)
            {
                step.Run(memory, 0, step.Rows);
            }

            return;
        }

        var chain = this;
        var threads = Math.Min(_parts, Math.Min(Environment.ProcessorCount, ThreadTeam.ThreadsOfCaller));
        ThreadTeam.Shared.Run(threads, _parts, new Work(Unsafe.AsPointer(ref chain), memory));

        // The threads read it where it lies in this frame.
        GC.KeepAlive(chain);
    }

    private void RunPart(nint* memory, int part, int member)
    {
        var (first, rows) = TeamStep.RowsOf(part, _parts, _rows);
        if (_ofMembers is null)
        {
            RunSteps(memory, first, rows);
            return;
        }

        // The rows before those of the block would lie before it.
        var table = stackalloc nint[_tableSize + _blocks.Count];
        new Span<nint>(memory, _tableSize).CopyTo(new(table, _tableSize));
        var block = _ofMembers.Address(memory) + (nint)(member * _blockSize);
        for (var i = 0; i < _blocks.Count; i++)
        {
            var (value, offset) = _blocks[i];
            table[_tableSize + i] = block + (nint)(offset - (value.Bytes / _rows * first));
        }

        RunSteps(table, first, rows);
    }

    private void RunSteps(nint* memory, int first, int rows)
    {
        foreach (var step in _steps)
        {
            var each = step.Rows / _rows;
            step.Run(memory, first * each, rows * each);
        }
    }

    private void Append(RowStep step)
    {
        _steps.Add(step);
        foreach (var layout in step.Whole)
        {
            _uses.TryAdd(layout.Allocation, null);
        }

        foreach (var layout in step.Cut)
        {
            if (_uses.TryGetValue(layout.Allocation, out var known) && (known is null || !HaveSameElements(known, layout)))
            {
                _uses[layout.Allocation] = null;
            }
            else
            {
                _uses[layout.Allocation] = layout;
            }
        }

        _written.UnionWith(step.Writes.Select(layout => layout.Allocation));
    }

    /// <summary>Whether no step reads a value in another way than row by row.</summary>
    private bool IsCutAlike(Layout layout) =>
        !_uses.TryGetValue(layout.Allocation, out var known) || (known is not null && HaveSameElements(known, layout));

    public static bool HaveSameElements(Layout left, Layout right) =>
        left.Offset * left.DType.ItemSize() == right.Offset * right.DType.ItemSize() && BytesOf(left) == BytesOf(right);

    private static long BytesOf(Layout layout) => layout.Count * (long)layout.DType.ItemSize();

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }

    private readonly struct Work(void* chain, nint* memory) : ITeamWork
    {
        public void Run(int part, int member) => Unsafe.AsRef<RowChain>(chain).RunPart(memory, part, member);
    }
}
