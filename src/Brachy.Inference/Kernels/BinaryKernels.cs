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
}

/// <summary>Functions of two elements: arithmetic, comparisons, choices.</summary>
internal static unsafe class BinaryKernels
{
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

    private static bool Apply<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        if (!CanRead(x, 0, x.Output().DType) || !CanRead(x, 1, x.Output().DType))
        {
            return false;
        }

        var operation = OperationOf<T>(x.Op);
        var (left, right) = (Operand<T>.Of(x, 0), Operand<T>.Of(x, 1));
        var target = x.Result();
        x.Add((left.Vector, right.Vector) switch
        {
            ({ } a, { } b) => memory => operation.Both(a.Span<T>(memory), b.Span<T>(memory), target.Span<T>(memory)),
            ({ } a, null) => memory => operation.Right(a.Span<T>(memory), right.Value(memory), target.Span<T>(memory)),
            (null, { } b) => memory => operation.Left(left.Value(memory), b.Span<T>(memory), target.Span<T>(memory)),
            _ => memory => operation.Left(left.Value(memory), [right.Value(memory)], target.Span<T>(memory)),
        });
        return true;
    }

    private static bool Compare<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        var dtype = Promotion.ResultType(x.Types);
        if (!CanRead(x, 0, dtype) || !CanRead(x, 1, dtype))
        {
            return false;
        }

        Func<T, T, bool> compare = x.Op switch
        {
            "eq" => (a, b) => a == b,
            "ne" => (a, b) => a != b,
            "lt" => (a, b) => a < b,
            "le" => (a, b) => a <= b,
            "gt" => (a, b) => a > b,
            "ge" => (a, b) => a >= b,
            _ => throw new NotSupportedException(x.Op),
        };
        var (left, right) = (Operand<T>.Of(x, 0, dtype), Operand<T>.Of(x, 1, dtype));
        var target = x.Result();
        x.Add(memory =>
        {
            var result = target.Span<bool>(memory);
            var (a, b) = (left.Value(memory), right.Value(memory));
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = compare(left.Vector is { } l ? l.At<T>(memory)[i] : a, right.Vector is { } r ? r.At<T>(memory)[i] : b);
            }
        });
        return true;
    }

    private static bool Where<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        if (!CanRead(x, 1, x.Output().DType) || !CanRead(x, 2, x.Output().DType))
        {
            return false;
        }

        var condition = x.Dense(x[0].Broadcast(x.Output().Shape));
        var (chosen, other) = (Operand<T>.Of(x, 1), Operand<T>.Of(x, 2));
        var target = x.Result();
        x.Add(memory =>
        {
            var holds = condition.Span<bool>(memory);
            var result = target.Span<T>(memory);
            var (a, b) = (chosen.Value(memory), other.Value(memory));
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = holds[i]
                    ? chosen.Vector is { } c ? c.At<T>(memory)[i] : a
                    : other.Vector is { } o ? o.At<T>(memory)[i] : b;
            }
        });
        return true;
    }

    private static bool CanRead(VectorArgs x, int index, DType dtype) => x.IsNumber(index) || CopyKernels.CanCast(x[index].DType, dtype);

    /// <summary>An operand in the shape and element type of the computation: a vector, or one value for all elements.</summary>
    private sealed record Operand<T>(Layout? Vector, Layout? Single, T Number)
        where T : unmanaged, INumber<T>
    {
        public static Operand<T> Of(VectorArgs x, int index) => Of(x, index, x.Output().DType);

        public static Operand<T> Of(VectorArgs x, int index, DType dtype)
        {
            if (x.IsNumber(index))
            {
                var number = x.Number(index);
                return new(
                    null, null,
                    number.Kind == ScalarKind.Real ? T.CreateTruncating(number.ToDouble()) : T.CreateTruncating(number.ToInt64()));
            }

            var layout = x.Dense(index, dtype);
            return layout.Count == 1
                ? new(null, layout, default)
                : new(x.Dense(layout.Broadcast(x.Output().Shape)), null, default);
        }

        /// <summary>The value for all elements; any value for a vector.</summary>
        public T Value(nint* memory) => Single is null ? Number : *Single.At<T>(memory);
    }
}
