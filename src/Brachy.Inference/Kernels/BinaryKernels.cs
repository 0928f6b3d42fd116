using System.Numerics;
using System.Numerics.Tensors;
using Brachy.Extending;

namespace Brachy.Compilation;

internal delegate void SpanAndSpan<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result);

internal delegate void SpanAndNumber<T>(ReadOnlySpan<T> x, T y, Span<T> result);

internal delegate void NumberAndSpan<T>(T x, ReadOnlySpan<T> y, Span<T> result);

/// <summary>An operation for two vectors, and for a vector and a number on either side.</summary>
internal sealed record BinaryOperation<T>(SpanAndSpan<T> Both, SpanAndNumber<T> Right, NumberAndSpan<T> Left)
{
    /// <summary>An operation whose operands may change places.</summary>
    public BinaryOperation(SpanAndSpan<T> both, SpanAndNumber<T> right)
        : this(both, right, (x, y, result) => right(y, x, result))
    {
    }

    /// <summary>Computes a row.</summary>
    public void Run(ReadOnlySpan<T> x, T left, ReadOnlySpan<T> y, T right, Span<T> result)
    {
        if (!x.IsEmpty && !y.IsEmpty)
        {
            Both(x, y, result);
        }
        else if (!x.IsEmpty)
        {
            Right(x, right, result);
        }
        else if (!y.IsEmpty)
        {
            Left(left, y, result);
        }
        else
        {
            Left(left, [right], result[..1]);
            result.Fill(result[0]);
        }
    }
}

/// <summary>Functions of two elements: arithmetic, comparisons, choices.</summary>
internal static unsafe class BinaryKernels
{
    // Elements of a row; or none, and one value for all of them.
    private delegate void FunctionOfRows<T, TResult>(ReadOnlySpan<T> x, T left, ReadOnlySpan<T> y, T right, Span<TResult> result);

    private delegate void RowsOfTwo<T>(nint* memory, int start, int length, ReadOnlySpan<T> x, T left, ReadOnlySpan<T> y, T right);

    private interface IComparison
    {
        static abstract bool Holds<T>(T x, T y)
            where T : INumber<T>;
    }

    public static bool Arithmetic(VectorArgs x) => x.OfType(x.Output().DType, Apply<float>, Apply<double>, Apply<long>);

    public static bool Compare(VectorArgs x) => x.OfType(Promotion.ResultType(x.Types), Compare<float>, Compare<double>, Compare<long>);

    public static bool Where(VectorArgs x) => !x.IsNumber(0) && x.OfType(x.Output().DType, Where<float>, Where<double>, Where<long>);

    private static BinaryOperation<T> OperationOf<T>(string op)
        where T : unmanaged, INumber<T> => op switch
        {
            "add" => new(TensorPrimitives.Add, TensorPrimitives.Add),
            "mul" => new(TensorPrimitives.Multiply, TensorPrimitives.Multiply),
            "sub" => new(TensorPrimitives.Subtract, TensorPrimitives.Subtract, TensorPrimitives.Subtract),
            "div" => new(TensorPrimitives.Divide, TensorPrimitives.Divide, TensorPrimitives.Divide),
            "maximum" => new(TensorPrimitives.Max, TensorPrimitives.Max),
            "minimum" => new(TensorPrimitives.Min, TensorPrimitives.Min),
            _ => throw new NotSupportedException(op),
        };

    private static FunctionOfRows<T, bool> ComparisonOf<T>(string op)
        where T : unmanaged, INumber<T> => op switch
        {
            "eq" => Compare<T, Equal>,
            "ne" => Compare<T, Unequal>,
            "lt" => Compare<T, Less>,
            "le" => Compare<T, LessOrEqual>,
            "gt" => Compare<T, Greater>,
            "ge" => Compare<T, GreaterOrEqual>,
            _ => throw new NotSupportedException(op),
        };

    private static bool Apply<T>(VectorArgs x)
        where T : unmanaged, INumber<T> => AddRows<T, T>(x, x.Output().DType, OperationOf<T>(x.Op).Run);

    private static bool Compare<T>(VectorArgs x)
        where T : unmanaged, INumber<T> => AddRows(x, Promotion.ResultType(x.Types), ComparisonOf<T>(x.Op));

    private static bool AddRows<T, TResult>(VectorArgs x, DType dtype, FunctionOfRows<T, TResult> function)
        where T : unmanaged, INumber<T>
        where TResult : unmanaged
    {
        if (!CanRead(x, 0, dtype) || !CanRead(x, 1, dtype))
        {
            return false;
        }

        x = x.InOneOrder();
        var (left, right) = OperandsOf<T>(x, 0, dtype);
        var target = x.Result();
        AddRows(x, [], left, right, target, (memory, start, length, p, ofLeft, q, ofRight) =>
            function(p, ofLeft, q, ofRight, target.Span<TResult>(memory, start, length)));
        return true;
    }

    private static (RowOperand<T> Left, RowOperand<T> Right) OperandsOf<T>(VectorArgs x, int first, DType dtype)
        where T : unmanaged, INumber<T>
    {
        var left = RowOperand<T>.Of(x, first, dtype);
        return (left, RowOperand<T>.Of(x, first + 1, dtype, left.Width));
    }

    private static void AddRows<T>(
        VectorArgs x, Layout[] others, RowOperand<T> left, RowOperand<T> right, Layout target, RowsOfTwo<T> function)
        where T : unmanaged, INumber<T>
    {
        // Where neither says how many elements a row has, any number of them is one.
        var width = left.Width ?? right.Width ?? 1;
        var isOneRow = width == 1;
        x.AddRows(target.Count / width, [.. others, .. left.Reads, .. right.Reads], [target], (memory, first, rows) =>
        {
            var length = isOneRow ? rows : width;
            for (var row = first; row < (isOneRow ? first + 1 : first + rows); row++)
            {
                var start = row * width;
                function(
                    memory, start, length, left.Row(memory, start, length), left.Value(memory, row), right.Row(memory, start, length),
                    right.Value(memory, row));
            }
        }, left.Whole, right.Whole);
    }

    private static void Compare<T, TComparison>(ReadOnlySpan<T> x, T left, ReadOnlySpan<T> y, T right, Span<bool> result)
        where T : unmanaged, INumber<T>
        where TComparison : struct, IComparison
    {
        fixed (T* a = x, b = y)
        {
            // One value for all is read again and again.
            T* p = a is null ? &left : a, q = b is null ? &right : b;
            int ofFirst = a is null ? 0 : 1, ofSecond = b is null ? 0 : 1;
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = TComparison.Holds(p[i * ofFirst], q[i * ofSecond]);
            }
        }
    }

    private static bool Where<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        var dtype = x.Output().DType;
        if (!CanRead(x, 1, dtype) || !CanRead(x, 2, dtype))
        {
            return false;
        }

        x = x.InOneOrder();
        var condition = x.Dense(x[0].Broadcast(x.Output().Shape));
        var (chosen, other) = OperandsOf<T>(x, 1, dtype);
        var target = x.Result();
        AddRows(x, [condition], chosen, other, target, (memory, start, length, p, ofFirst, q, ofSecond) => Choose(
            condition.Span<bool>(memory, start, length), p, ofFirst, q, ofSecond, target.Span<T>(memory, start, length)));
        return true;
    }

    private static void Choose<T>(
        ReadOnlySpan<bool> condition, ReadOnlySpan<T> x, T chosen, ReadOnlySpan<T> y, T other, Span<T> result)
        where T : unmanaged
    {
        fixed (T* a = x, b = y)
        {
            T* p = a is null ? &chosen : a, q = b is null ? &other : b;
            int ofFirst = a is null ? 0 : 1, ofSecond = b is null ? 0 : 1;
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = condition[i] ? p[i * ofFirst] : q[i * ofSecond];
            }
        }
    }

    private static bool CanRead(VectorArgs x, int index, DType dtype) => x.IsNumber(index) || CopyKernels.CanCast(x[index].DType, dtype);

    private readonly struct Equal : IComparison
    {
        public static bool Holds<T>(T x, T y)
            where T : INumber<T> => x == y;
    }

    private readonly struct Unequal : IComparison
    {
        public static bool Holds<T>(T x, T y)
            where T : INumber<T> => x != y;
    }

    private readonly struct Less : IComparison
    {
        public static bool Holds<T>(T x, T y)
            where T : INumber<T> => x < y;
    }

    private readonly struct LessOrEqual : IComparison
    {
        public static bool Holds<T>(T x, T y)
            where T : INumber<T> => x <= y;
    }

    private readonly struct Greater : IComparison
    {
        public static bool Holds<T>(T x, T y)
            where T : INumber<T> => x > y;
    }

    private readonly struct GreaterOrEqual : IComparison
    {
        public static bool Holds<T>(T x, T y)
            where T : INumber<T> => x >= y;
    }
}
