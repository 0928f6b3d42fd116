using System.Numerics;
using Brachy.Compilation;
using CsCheck;

namespace Brachy.Tests.Lowering;

/// <summary>
/// Products by each kind of tiles, of matrices of any size that lie in memory in any way, against sums in float64; with the same bits by
/// all kinds; and nothing beside the result and the scratch memory is written.
/// </summary>
public class MatrixProductTests
{
    private static readonly Gen<Case> s_cases =
        from rows in Gen.Int[1, 40]
        from columns in Gen.Int[1, 80]
        from inner in Gen.Int[1, 70]
        from left in Gen.Int[0, 2]
        from right in Gen.Int[0, 2]
        from adds in Gen.Bool
        from seed in Gen.Int
        select new Case(rows, columns, inner, (Order)left, (Order)right, adds, seed);

    /// <summary>How a matrix lies in memory.</summary>
    private enum Order
    {
        Rows,
        Columns,

        /// <summary>Row by row, with gaps between elements.</summary>
        Gaps,
    }

    [Fact]
    public void ProductsOfFloat32() => s_cases.Sample(of => Check<float>(of, 1e-4), iter: 300);

    [Fact]
    public void ProductsOfFloat64() => s_cases.Sample(of => Check<double>(of, 1e-12), iter: 300);

    [Fact]
    public void ProductsOfManyRows() => Check<float>(new(300, 33, 20, Order.Rows, Order.Rows, false, 1), 1e-4);

    private static void Check<T>(Case of, double tolerance)
        where T : unmanaged, INumber<T>
    {
        var random = new Random(of.Seed);
        T[] left = Numbers<T>(random, of.Rows, of.Inner), right = Numbers<T>(random, of.Inner, of.Columns);
        var before = Numbers<T>(random, of.Rows, of.Columns);
        var first = Multiply<T, Tile512>(of, left, right, before);
        Assert.Equal(first, Multiply<T, Tile256>(of, left, right, before));
        Assert.Equal(first, Multiply<T, Tile128>(of, left, right, before));
        for (var row = 0; row < of.Rows; row++)
        {
            for (var column = 0; column < of.Columns; column++)
            {
                var expected = of.Adds ? double.CreateChecked(before[(row * of.Columns) + column]) : 0;
                for (var i = 0; i < of.Inner; i++)
                {
                    expected += double.CreateChecked(left[(row * of.Inner) + i]) * double.CreateChecked(right[(i * of.Columns) + column]);
                }

                Assert.Equal(expected, double.CreateChecked(first[(row * of.Columns) + column]), tolerance);
            }
        }
    }

    private static T[] Numbers<T>(Random random, int rows, int columns)
        where T : INumber<T> => [.. Enumerable.Range(0, rows * columns).Select(_ => T.CreateChecked((random.NextDouble() * 2) - 1))];

    private static unsafe T[] Multiply<T, TTile>(Case of, T[] left, T[] right, T[] before)
        where T : unmanaged, INumber<T>
        where TTile : struct, ITile
    {
        var length = MatrixProduct.ScratchLength<T, TTile>(of.Inner);
        using Guarded<T> result = new([.. before]), scratch = new(new T[length]);
        using Guarded<T> a = Laid(left, of.Rows, of.Inner, of.Left, out var leftStrides);
        using Guarded<T> b = Laid(right, of.Inner, of.Columns, of.Right, out var rightStrides);
        MatrixProduct.Run<T, TTile>(
            new(of.Rows, of.Columns, of.Inner), new(a.Start, leftStrides.Row, leftStrides.Column),
            new(b.Start, rightStrides.Row, rightStrides.Column), result.Start, of.Columns, of.Adds, scratch.Start);
        scratch.RequireUntouchedBeside();
        return result.RequireUntouchedBeside();
    }

    private static Guarded<T> Laid<T>(T[] matrix, int rows, int columns, Order order, out (int Row, int Column) strides)
        where T : unmanaged, INumber<T>
    {
        strides = order switch { Order.Rows => (columns, 1), Order.Columns => (1, rows), _ => ((2 * columns) + 3, 2) };
        var laid = new T[((rows - 1) * strides.Row) + ((columns - 1) * strides.Column) + 1];
        for (var i = 0; i < matrix.Length; i++)
        {
            laid[(i / columns * strides.Row) + (i % columns * strides.Column)] = matrix[i];
        }

        return new(laid);
    }

    private sealed record Case(int Rows, int Columns, int Inner, Order Left, Order Right, bool Adds, int Seed);
}
