using System.Numerics;
using System.Runtime.InteropServices;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Moves elements: copies between layouts, and conversions of the element type.</summary>
internal static unsafe class CopyKernels
{
    /// <summary>Copies elements between layouts of one shape and element type.</summary>
    public static VectorStep Copy(Layout source, Layout target)
    {
        var step = CopyRows(source, target);
        return TeamStep.Of(step.Rows, 2L * source.Count * source.DType.ItemSize(), step.Run);
    }

    /// <summary>Copies elements, row by row where the target is dense.</summary>
    public static void AddCopy(VectorArgs x, Layout source, Layout target)
    {
        if (target.IsDense)
        {
            x.AddRows(CopyRows(source, target));
        }
        else
        {
            x.Add(Copy(source, target));
        }
    }

    /// <summary>
    /// Converts the elements of a dense layout as libtorch does. Both layouts are of a type that <see cref="CanCast"/> takes.
    /// </summary>
    public static RowStep Cast(Layout source, Layout target) => (source.DType, target.DType) switch
    {
        (DType.Float32, DType.Float64) => Cast<float, double>(source, target),
        (DType.Float64, DType.Float32) => Cast<double, float>(source, target),
        (DType.Int64, DType.Float32) => Cast<long, float>(source, target),
        (DType.Int64, DType.Float64) => Cast<long, double>(source, target),
        (DType.Bool or DType.UInt8, DType.Float32) => Cast<byte, float>(source, target),
        (DType.Bool or DType.UInt8, DType.Float64) => Cast<byte, double>(source, target),
        (DType.Bool or DType.UInt8, DType.Int64) => Cast<byte, long>(source, target),
        var (from, to) => throw new NotSupportedException($"There is no conversion from {from.Name()} to {to.Name()}."),
    };

    /// <summary>Whether values are converted by widening, or between real types.</summary>
    public static bool CanCast(DType from, DType to) =>
        from == to || to is DType.Float32 or DType.Float64 || (from is DType.Bool or DType.UInt8 && to == DType.Int64);

    public static bool ToType(VectorArgs x)
    {
        if (x.IsNumber(0) || !CanCast(x[0].DType, x.Output().DType))
        {
            return false;
        }

        x = x.InOneOrder();
        var source = x.Dense(0);
        var target = x.Result();
        x.AddRows(source.DType == target.DType ? CopyRows(source, target) : Cast(source, target));
        return true;
    }

    public static bool Clone(VectorArgs x)
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        x = x.InOneOrder();
        AddCopy(x, x[0], x.Result());
        return true;
    }

    public static bool Flip(VectorArgs x, DimsSettings settings)
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        var (source, start) = (x[0], 0L);
        var strides = (long[])source.Strides.Clone();
        foreach (var dim in Dims.Normalize("flip", settings.Dims.AsSpan(), source.Shape.Rank))
        {
            start += (source.Shape[(int)dim] - 1) * strides[dim];
            strides[dim] = -strides[dim];
        }

        AddCopy(x, source.Part(start, source.Shape, strides), x.Result());
        return true;
    }

    /// <summary>Zeros around a slice.</summary>
    public static bool SliceBackward(VectorArgs x, SliceBackwardSettings settings)
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        var (target, dim) = (x.Result(), Dims.Normalize("slice_backward", settings.Dim, settings.Shape.Rank));
        var strides = (long[])target.Strides.Clone();
        strides[dim] *= settings.Step;
        var copy = Copy(x[0], target.Part(settings.Start * target.Strides[dim], x[0].Shape, strides));
        var bytes = (nuint)x.Output().ByteSize;
        x.Add(memory =>
        {
            NativeMemory.Clear((void*)target.Address(memory), bytes);
            copy(memory);
        });
        return true;
    }

    private static RowStep CopyRows(Layout source, Layout target) => source.DType.ItemSize() switch
    {
        1 => CopyRows<byte>(source, target),
        4 => CopyRows<float>(source, target),
        _ => CopyRows<double>(source, target),
    };

    private static RowStep Cast<TSource, TTarget>(Layout source, Layout target)
        where TSource : unmanaged, INumber<TSource>
        where TTarget : unmanaged, INumber<TTarget> =>
        new(target.Count, [source], [target], [], (memory, first, rows) =>
        {
            var from = source.At<TSource>(memory) + first;
            var to = target.At<TTarget>(memory) + first;
            for (var i = 0; i < rows; i++)
            {
                to[i] = TTarget.CreateTruncating(from[i]);
            }
        });

    private static RowStep CopyRows<T>(Layout source, Layout target)
        where T : unmanaged
    {
        if (source.IsDense && target.IsDense)
        {
            return new(target.Count, [source], [target], [], (memory, first, rows) =>
                source.Span<T>(memory, first, rows).CopyTo(target.Span<T>(memory, first, rows)));
        }

        var (sizes, fromStrides, toStrides) = Merged(source, target);
        var inner = (int)sizes[^1];
        var (fromStep, toStep) = (fromStrides[^1], toStrides[^1]);

        // Where rows of the source are columns of the target, matrices are copied.
        var outer = sizes.Length - 2;
        var isTurned = outer >= 0 && toStep == 1 && fromStep != 1 && fromStrides[outer] == 1;
        var height = isTurned ? (int)sizes[outer] : 1;
        var last = isTurned ? outer - 1 : outer;
        return new(source.Count / inner, [], [target], [source], (memory, first, rows) =>
        {
            var from = source.At<T>(memory);
            var to = target.At<T>(memory);
            Span<long> position = stackalloc long[sizes.Length];
            var rest = (long)first / height;
            for (var d = last; d >= 0; d--)
            {
                position[d] = rest % sizes[d];
                rest /= sizes[d];
                from += position[d] * fromStrides[d];
                to += position[d] * toStrides[d];
            }

            for (var (row, end) = (first, first + rows); row < end;)
            {
                var (top, count) = (row % height, Math.Min(end - row, height - (row % height)));
                if (isTurned)
                {
                    TurnedCopy.Run(from + top, (nint)fromStep, to + (top * toStrides[outer]), (nint)toStrides[outer], count, inner);
                }
                else
                {
                    CopyRow(from, fromStep, to, toStep, inner);
                }

                row += count;
                for (var d = last; d >= 0; d--)
                {
                    from += fromStrides[d];
                    to += toStrides[d];
                    if (++position[d] < sizes[d])
                    {
                        break;
                    }

                    from -= fromStrides[d] * sizes[d];
                    to -= toStrides[d] * sizes[d];
                    position[d] = 0;
                }
            }
        });
    }

    private static void CopyRow<T>(T* from, long fromStep, T* to, long toStep, int count)
        where T : unmanaged
    {
        if (fromStep == 1 && toStep == 1)
        {
            new Span<T>(from, count).CopyTo(new Span<T>(to, count));
            return;
        }

        for (var i = 0; i < count; i++)
        {
            to[i * toStep] = from[i * fromStep];
        }
    }

    /// <summary>The dims of two layouts of one shape, with neighbours that can be walked as one put together.</summary>
    private static (long[] Sizes, long[] Source, long[] Target) Merged(Layout source, Layout target)
    {
        var dims = new List<(long Size, long Source, long Target)>();
        for (var d = 0; d < source.Shape.Rank; d++)
        {
            var (size, from, to) = (source.Shape[d], source.Strides[d], target.Strides[d]);
            if (size == 1)
            {
                continue;
            }

            if (dims.Count > 0 && dims[^1].Source == from * size && dims[^1].Target == to * size)
            {
                dims[^1] = (dims[^1].Size * size, from, to);
            }
            else
            {
                dims.Add((size, from, to));
            }
        }

        return dims.Count == 0
            ? ([1], [1], [1])
            : ([.. dims.Select(d => d.Size)], [.. dims.Select(d => d.Source)], [.. dims.Select(d => d.Target)]);
    }
}
