using static Brachy.F;

namespace Brachy;

/// <summary>Transforms over any dims, and what they ask of their operands.</summary>
internal static class FourierTransforms
{
    public static ComplexTensor Transform(Tensor pairs, long[] dims, long division, bool forward) =>
        new(dims.Length == 0 ? pairs : ComplexTransform(pairs, new FourierSettings(dims, division, forward)));

    /// <summary>How libtorch numbers what a transform divides by: nothing, √n or n.</summary>
    public static long Division(string op, string norm, bool forward) => norm switch
    {
        "backward" => forward ? 0 : 2,
        "ortho" => 1,
        "forward" => forward ? 2 : 0,
        _ => throw new ArgumentException(
            $"{op}: there is no norm \"{norm}\"; use \"backward\", \"ortho\" or \"forward\".", nameof(norm)),
    };

    public static Tensor AsReal(string op, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.dtype is DType.Float16 or DType.BFloat16
            ? throw new DTypeException($"{op}: x must be float32 or float64, but is {x.Type}; cast it with x.to(DType.Float32).")
            : x.dtype.IsFloatingPoint() ? x : to(x, DType.Float32);
    }

    public static ComplexTensor AsComplex(string op, Tensor x)
    {
        var real = AsReal(op, x);
        return complex(real, zeros_like(real));
    }

    public static int RequireDims(string op, int dims, TensorType type) =>
        dims > 0 ? dims : throw new ShapeException($"{op}: x must have dims, but is {type}.");

    public static void RequireSize(string op, long size)
    {
        if (size < 1)
        {
            throw new ShapeException($"{op}: {size} elements cannot be transformed; at least 1 is needed.");
        }
    }

    /// <summary>A tensor with so many elements along a dim: cut, or with zeros after it.</summary>
    public static Tensor Resized(string op, Tensor x, long? n, int dim)
    {
        RequireSize(op, n ?? x.shape[dim]);
        if (n is not { } size || size == x.shape[dim])
        {
            return x;
        }

        if (size < x.shape[dim])
        {
            return narrow(x, dim, 0, size);
        }

        var missing = x.shape.ToArray();
        missing[dim] = size - missing[dim];
        return cat([x, zeros(missing, x.dtype, x.device)], dim);
    }

    // libtorch's kernels take no empty batch.
    public static Tensor ComplexTransform(Tensor pairs, FourierSettings settings) =>
        pairs.numel() == 0 ? pairs : fft.ComplexToComplex.Bind(settings, pairs);

    public static Tensor RealTransform(Tensor x, long dim, long norm) => x.numel() > 0
        ? fft.RealToComplex.Bind(new RealFourierSettings(dim, norm), x)
        : zeros([.. Resized(x.shape, dim, (x.shape[(int)dim] / 2) + 1), 2], x.dtype, x.device);

    public static Tensor BackTransform(Tensor pairs, long dim, long norm, long n) => pairs.numel() > 0
        ? fft.ComplexToReal.Bind(new InverseRealFourierSettings(dim, norm, n), pairs)
        : zeros(Resized([.. pairs.shape.AsSpan()[..^1]], dim, n), pairs.dtype, pairs.device);

    private static Shape Resized(Shape shape, long dim, long size)
    {
        var sizes = shape.ToArray();
        sizes[dim] = size;
        return sizes;
    }
}
