using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>A step of an optimizer for one vector of each list.</summary>
internal interface IUpdate<T>
{
    /// <summary>How many lists of state there are, at most three.</summary>
    static abstract int States { get; }

    void Of(ref Vector512<T> p, Vector512<T> g, ref Vector512<T> a, ref Vector512<T> b, ref Vector512<T> c);
}

/// <summary>
/// The lists of an update: parameters, gradients and up to three of state, cut into pieces that several threads take. All but the gradients
/// are overwritten.
/// </summary>
internal sealed unsafe class UpdateLists
{
    private const int Numbers = ForeachLists.FirstList;
    private const int MostLists = 5;
    private const int ElementsOfPiece = 4096;

    private readonly UpdateNumber[] _numbers;
    private readonly Layout[] _tensors;
    private readonly Layout _places;
    private readonly Piece[] _pieces;
    private readonly int _lists;

    private UpdateLists(VectorArgs x, int n, int lists)
    {
        _lists = lists;
        _numbers = [.. Enumerable.Range(0, Numbers).Select(i => UpdateNumber.Of(x, i)!.Value)];
        _tensors = new Layout[lists * n];
        for (var i = 0; i < _tensors.Length; i++)
        {
            _tensors[i] = i / n == 1 ? x.Dense(Numbers + i) : Overwritten(x, Numbers + i, i < n ? i : i - n);
        }

        _places = x.Scratch(DType.Int64, [_tensors.Length]);
        _pieces = Cut(n);
    }

    /// <summary>The lists of an update, or null if they cannot be walked.</summary>
    /// <param name="x">The operands.</param>
    /// <param name="n">The number of parameters.</param>
    /// <param name="lists">The number of lists.</param>
    public static UpdateLists? Of(VectorArgs x, int n, int lists) =>
        Enumerable.Range(Numbers, n * lists).Any(i => x.IsNumber(i) || x[i].DType != x.Output().DType)
        || Enumerable.Range(0, Numbers).Any(i => UpdateNumber.Of(x, i) is null)
            ? null
            : new(x, n, lists);

    /// <summary>A number of the optimizer.</summary>
    public double Number(nint* memory, int index) => _numbers[index].Value(memory);

    /// <summary>Updates all.</summary>
    public void Run<T, TUpdate>(nint* memory, TUpdate update)
        where T : unmanaged
        where TUpdate : unmanaged, IUpdate<T>
    {
        var places = (nint*)_places.Address(memory);
        for (var i = 0; i < _tensors.Length; i++)
        {
            places[i] = _tensors[i].Address(memory);
        }

        fixed (Piece* pieces = _pieces)
        {
            ThreadTeam.Run(_pieces.Length, new Work<T, TUpdate>(update, pieces, places, _tensors.Length / _lists, _lists));
        }
    }

    private static Layout Overwritten(VectorArgs x, int operand, int result)
    {
        if (x.MayOverwrite(operand) && x[operand].IsDense)
        {
            x.Alias(x[operand], result);
            return x[operand];
        }

        var copy = x.Result(result);
        x.Add(CopyKernels.Copy(x[operand], copy));
        return copy;
    }

    private Piece[] Cut(int n)
    {
        var pieces = new List<Piece>();
        for (var i = 0; i < n; i++)
        {
            for (var start = 0; start < _tensors[i].Count; start += ElementsOfPiece)
            {
                pieces.Add(new(i, start, Math.Min(ElementsOfPiece, _tensors[i].Count - start)));
            }
        }

        return [.. pieces];
    }

    private readonly record struct Piece(int Tensor, int Start, int Count);

    private readonly struct Work<T, TUpdate>(TUpdate update, Piece* pieces, nint* places, int n, int lists)
        : ITeamWork
        where T : unmanaged
        where TUpdate : unmanaged, IUpdate<T>
    {
        public void Run(int part, int member)
        {
            var own = update;
            Update(ref own, pieces[part]);
        }

        private T* At(int list, Piece piece) => list < lists ? (T*)places[(list * n) + piece.Tensor] + piece.Start : null;

        private void Update(ref TUpdate own, Piece piece)
        {
            T* p = At(0, piece), g = At(1, piece), a = At(2, piece), b = At(3, piece), c = At(4, piece);
            var width = Vector512<T>.Count;
            var i = 0;
            for (; i <= piece.Count - width; i += width)
            {
                Update(ref own, p + i, g + i, a + i, b + i, c + i);
            }

            if (i < piece.Count)
            {
                UpdateRest(ref own, p + i, g + i, a + i, b + i, c + i, piece.Count - i);
            }
        }

        private static void UpdateRest(ref TUpdate own, T* p, T* g, T* a, T* b, T* c, int count)
        {
            var width = Vector512<T>.Count;
            var buffer = stackalloc T[MostLists * width];
            new Span<T>(buffer, MostLists * width).Clear();
            T* p1 = buffer, g1 = p1 + width, a1 = g1 + width, b1 = a1 + width, c1 = b1 + width;
            Copy(p, p1, count);
            Copy(g, g1, count);
            Copy(a, a1, TUpdate.States > 0 ? count : 0);
            Copy(b, b1, TUpdate.States > 1 ? count : 0);
            Copy(c, c1, TUpdate.States > 2 ? count : 0);
            Update(ref own, p1, g1, a1, b1, c1);
            Copy(p1, p, count);
            Copy(a1, a, TUpdate.States > 0 ? count : 0);
            Copy(b1, b, TUpdate.States > 1 ? count : 0);
            Copy(c1, c, TUpdate.States > 2 ? count : 0);
        }

        private static void Copy(T* from, T* to, int count) => new ReadOnlySpan<T>(from, count).CopyTo(new(to, count));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Update(ref TUpdate own, T* p, T* g, T* a, T* b, T* c)
        {
            var parameter = Vector512.Load(p);
            var first = TUpdate.States > 0 ? Vector512.Load(a) : default;
            var second = TUpdate.States > 1 ? Vector512.Load(b) : default;
            var third = TUpdate.States > 2 ? Vector512.Load(c) : default;
            own.Of(ref parameter, Vector512.Load(g), ref first, ref second, ref third);
            parameter.Store(p);
            if (TUpdate.States > 0)
            {
                first.Store(a);
            }

            if (TUpdate.States > 1)
            {
                second.Store(b);
            }

            if (TUpdate.States > 2)
            {
                third.Store(c);
            }
        }
    }
}
