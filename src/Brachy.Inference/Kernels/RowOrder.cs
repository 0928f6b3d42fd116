using System.Numerics;

namespace Brachy.Compilation;

/// <summary>Compares the elements of a row by their positions. Each thread has one, so that sorting allocates nothing.</summary>
internal sealed unsafe class RowOrder<T>
    where T : unmanaged, INumber<T>
{
    [ThreadStatic]
    private static RowOrder<T>? s_own;

    private readonly Comparison<long> _compare;
    private T* _row;
    private bool _isDescending;

    private RowOrder() => _compare = Compare;

    /// <summary>Sorts positions by the elements there; equal ones stay in order.</summary>
    public static void Sort(Span<long> positions, T* row, bool isDescending)
    {
        var order = s_own ??= new();
        order._row = row;
        order._isDescending = isDescending;
        positions.Sort(order._compare);
    }

    private int Compare(long left, long right)
    {
        var (first, second) = _isDescending ? (left, right) : (right, left);
        return OrderKernels.IsBefore(_row[first], _row[second]) ? -1
            : OrderKernels.IsBefore(_row[second], _row[first]) ? 1 : left.CompareTo(right);
    }
}
