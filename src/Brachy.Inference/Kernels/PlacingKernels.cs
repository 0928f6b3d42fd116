using System.Numerics;

namespace Brachy.Compilation;

/// <summary>Elements put into other places: borders, triangles, elements that indices name.</summary>
internal static unsafe class PlacingKernels
{
    public static bool Pad(VectorArgs x, PadSettings settings) =>
        !x.IsNumber(0) && x.OfType(x[0].DType, settings, Pad<float>, Pad<double>, Pad<long>);

    /// <summary>What is below a diagonal, or above it.</summary>
    public static bool Triangle(VectorArgs x, TriangleSettings settings) =>
        !x.IsNumber(0) && x.OfType(x[0].DType, settings, Triangle<float>, Triangle<double>, Triangle<long>);

    public static bool Gather(VectorArgs x, DimSettings settings) => !x.IsNumber(0) && x[0].Shape.Rank > 0 && x[1].DType == DType.Int64
        && x.OfType(x[0].DType, settings, Gather<float>, Gather<double>, Gather<long>);

    private static bool Pad<T>(VectorArgs x, PadSettings settings)
        where T : unmanaged, INumber<T>
    {
        // Two numbers for each dim, from the last one on; negative ones cut elements off.
        var (source, target) = (x[0], x.Result());
        var (from, to) = (0L, 0L);
        var sizes = source.Shape.ToArray();
        for (var i = 0; i < settings.Pad.Rank; i++)
        {
            var (dim, added) = (sizes.Length - 1 - (i / 2), settings.Pad[i]);
            sizes[dim] += Math.Min(added, 0);
            if (i % 2 == 0)
            {
                from += Math.Max(-added, 0) * source.Strides[dim];
                to += Math.Max(added, 0) * target.Strides[dim];
            }
        }

        var value = T.CreateTruncating(settings.Value);
        var inner = Shape.Own(sizes);
        var copy = inner.NumElements == 0 ? _ => { }
        : CopyKernels.Copy(source.Part(from, inner, source.Strides), target.Part(to, inner, target.Strides));
        x.Add(memory =>
        {
            target.Span<T>(memory).Fill(value);
            copy(memory);
        });
        return true;
    }

    private static bool Triangle<T>(VectorArgs x, TriangleSettings settings)
        where T : unmanaged, INumber<T>
    {
        var (source, target) = (x.Dense(0), x.Result());
        var (rows, columns) = (source.Shape[^2], (int)source.Shape[^1]);
        var diagonal = Math.Clamp(settings.Diagonal, int.MinValue, int.MaxValue);
        var isLower = x.Op == "tril";
        x.Add(memory =>
        {
            for (var row = 0; row < target.Count / columns; row++)
            {
                var to = target.Span<T>(memory).Slice(row * columns, columns);
                var edge = (row % rows) + diagonal;
                var kept = (int)Math.Clamp(isLower ? edge + 1 : edge, 0, columns);
                source.Span<T>(memory).Slice(row * columns, columns).CopyTo(to);
                (isLower ? to[kept..] : to[..kept]).Clear();
            }
        });
        return true;
    }

    private static bool Gather<T>(VectorArgs x, DimSettings settings)
        where T : unmanaged, INumber<T>
    {
        var dim = Dims.Normalize(x.Op, settings.Dim, x[0].Shape.Rank);
        var (source, index, target) = (x[0], x.Dense(1), x.Result());
        var (sizes, size, stride) = (index.Shape.ToArray(), source.Shape[dim], source.Strides[dim]);
        var strides = (long[])source.Strides.Clone();
        strides[dim] = 0;
        var layout = $"gather: dim {dim} of {x.Types[0]}";
        x.Add(memory =>
        {
            var from = source.At<T>(memory);
            var to = target.At<T>(memory);
            var chosen = index.At<long>(memory);
            for (var i = 0; i < index.Count; i++)
            {
                if (chosen[i] < 0 || chosen[i] >= size)
                {
                    throw new NativeOpException($"{layout} has no index {chosen[i]}.");
                }

                var (rest, place) = ((long)i, chosen[i] * stride);
                for (var d = sizes.Length - 1; d >= 0; d--)
                {
                    place += rest % sizes[d] * strides[d];
                    rest /= sizes[d];
                }

                to[i] = from[place];
            }
        });
        return true;
    }
}
