using Brachy.Extending;
using static Brachy.JoiningRules;

namespace Brachy;

// Joining tensors and cutting them apart.
public static partial class F
{
    /// <summary>Joins tensors along a dim that they have. Element type: promoted.</summary>
    /// <param name="tensors">
    /// Tensors whose sizes agree in every other dim. A vector without elements goes with tensors of any shape, as in PyTorch: it adds
    /// nothing but its element type.
    /// </param>
    /// <param name="dim">Along which dim.</param>
    /// <exception cref="ShapeException">There is no tensor, one has no dims, or sizes differ in another dim.</exception>
    public static Tensor cat(IReadOnlyList<Tensor> tensors, long dim = 0)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        static bool IsNothing(Tensor x) => x is not null && x.ndim == 1 && x.shape[0] == 0;
        if (!tensors.Any(IsNothing))
        {
            return Cat.Bind(new DimSettings(dim), [.. tensors]);
        }

        Tensor[] joined = [.. tensors.Where(x => !IsNothing(x))];
        if (joined.Length == 0)
        {
            return Cat.Bind(new DimSettings(0), [.. tensors]);
        }

        var y = Cat.Bind(new DimSettings(dim), joined);
        return to(y, Promotion.ResultType(tensors.Select(x => x.Type)));
    }

    internal static readonly Primitive<DimSettings> Cat = new("cat")
    {
        Abstract = x =>
        {
            RequireSome(x);
            var first = x[0].Shape;
            if (first.Rank == 0)
            {
                throw new ShapeException("cat: a tensor without dims cannot be joined; use F.stack, or give it a dim with x.reshape(1).");
            }

            var dim = Shapes.NormalizeDim("cat", x.Settings.Dim, first.Rank);
            var sizes = first.ToArray();
            for (var i = 1; i < x.Count; i++)
            {
                var other = x[i].Shape;
                for (var d = 0; d < sizes.Length; d++)
                {
                    if (other.Rank != first.Rank || (d != dim && other[d] != first[d]))
                    {
                        throw new ShapeException(
                            $"cat: tensor {i} has shape {other}, but tensor 0 has {first}; all sizes except that of dim {dim} must agree.");
                    }
                }

                sizes[dim] += other[dim];
            }

            return new TensorType(Shape.Own(sizes), Promotion.ResultType(x.Types), x.Device);
        },
        Eager = x => TorchSharp.torch.cat(x.Range(0, x.Count), x.Settings.Dim),
        Script = x => $"torch.cat({x.List(0, x.Count)}, {x.Settings.Dim})",
        Batching = BatchedFamilies.Dim,
        Vjp = Vjp.Rule<DimSettings>((g, y, x) =>
            split(g, [.. x.Types.Select(t => t.Shape.Sizes[Shapes.NormalizeDim("cat", x.Settings.Dim, t.Rank)])], x.Settings.Dim)),
        Jvp = Jvp.LinearTogether(),
    };

    /// <summary>Joins tensors of one shape along a new dim. Element type: promoted.</summary>
    /// <param name="tensors">Tensors of equal shape.</param>
    /// <param name="dim">Where the new dim stands in the result.</param>
    /// <exception cref="ShapeException">There is no tensor, or shapes differ.</exception>
    public static Tensor stack(IReadOnlyList<Tensor> tensors, long dim = 0)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return Stack.Bind(new DimSettings(dim), [.. tensors]);
    }

    internal static readonly Primitive<DimSettings> Stack = new("stack")
    {
        Abstract = x =>
        {
            RequireSome(x);
            for (var i = 1; i < x.Count; i++)
            {
                if (x[i].Shape != x[0].Shape)
                {
                    throw new ShapeException(
                        $"stack: tensor {i} has shape {x[i].Shape}, but tensor 0 has {x[0].Shape}; all must be equal.");
                }
            }

            var dim = Shapes.NormalizeDim("stack", x.Settings.Dim, x[0].Rank + 1);
            var sizes = x[0].Shape.AsSpan();
            return new TensorType([.. sizes[..dim], x.Count, .. sizes[dim..]], Promotion.ResultType(x.Types), x.Device);
        },
        Eager = x => TorchSharp.torch.stack(x.Range(0, x.Count), x.Settings.Dim),
        Script = x => $"torch.stack({x.List(0, x.Count)}, {x.Settings.Dim})",
        Batching = Batching.Rule<DimSettings>(x => stack(
            [.. Enumerable.Range(0, x.Count).Select(i => x.Expanded(i).to(x.Outputs[0].DType))],
            x.Settings.Dim < 0 ? x.Settings.Dim : x.Settings.Dim + 1)),
        Vjp = Vjp.Rule<DimSettings>((g, y, x) => unbind(g, x.Settings.Dim)),
        Jvp = Jvp.LinearTogether(),
    };

    /// <summary>Cuts a tensor into pieces of the given sizes along a dim. The pieces share its memory.</summary>
    /// <exception cref="ShapeException">The sizes do not add up to the size of the dim.</exception>
    public static Tensor[] split(Tensor x, ReadOnlySpan<long> sizes, long dim = 0)
    {
        OperandChecks.RequireDims("split", x);
        var settings = new SplitSettings(sizes.ToArray(), Shapes.NormalizeDim("split", dim, x.ndim));
        return sizes.Length == 1 && sizes[0] == x.size((int)dim) ? [x] : Split.BindAll(settings, x);
    }

    internal static readonly Primitive<SplitSettings> Split = new("split")
    {
        Abstract = x =>
        {
            var shape = x[0].Shape;
            var dim = Shapes.NormalizeDim("split", x.Settings.Dim, shape.Rank);
            var sizes = x.Settings.Sizes;
            if (sizes.Length == 0 || sizes.Any(s => s < 0) || sizes.Any(s => s > shape[dim]) || sizes.Sum() != shape[dim])
            {
                throw new ShapeException(
                    $"split: sizes [{string.Join(", ", sizes)}] do not add up to {shape[dim]}, the size of dim {dim} of {shape}.");
            }

            return [.. sizes.Select(size => x[0].WithShape(Shapes.WithSize(shape, dim, size)))];
        },
        Eager = x => x[0].split(x.Settings.Sizes.Sizes, x.Settings.Dim),
        Script = x =>
        {
            var parts = x.Let($"torch.split_with_sizes({x[0]}, {Script.Ints(x.Settings.Sizes)}, {x.Settings.Dim})");
            var names = Enumerable.Range(0, x.Outputs.Count).Select(i => $"{parts}[{i}]").ToArray();
            return names.Length == 1 ? names[0] : $"({string.Join(", ", names)})";
        },
        Batching = Batching.Dims<SplitSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
        Vjp = Vjp.Multi<SplitSettings>(
            (g, y, x) => [cat([.. g.Select((part, i) => part ?? zeros(y[i].shape, y[i].dtype, y[i].device))], x.Settings.Dim)]),
        Jvp = Jvp.Linear(),
        IsView = true,
    };

    /// <summary>Cuts a tensor into pieces of one size along a dim; the last may be smaller. The pieces share its memory.</summary>
    /// <exception cref="ShapeException">The size is not positive, or there is no such dim.</exception>
    public static Tensor[] split(Tensor x, long split_size, long dim = 0)
    {
        OperandChecks.RequireDims("split", x);
        var size = x.shape[Shapes.NormalizeDim("split", dim, x.ndim)];
        if (split_size <= 0)
        {
            throw new ShapeException($"split: the size of a piece must be positive, but is {split_size}.");
        }

        var sizes = new long[Math.Max(1, (size + split_size - 1) / split_size)];
        Array.Fill(sizes, split_size);
        sizes[^1] = size - (split_size * (sizes.Length - 1));
        return split(x, sizes, dim);
    }

    /// <summary>Cuts a tensor into at most the given number of pieces of equal size along a dim; the last may be smaller.</summary>
    /// <exception cref="ShapeException">The number is not positive, or there is no such dim.</exception>
    public static Tensor[] chunk(Tensor x, long chunks, long dim = 0)
    {
        OperandChecks.RequireDims("chunk", x);
        if (chunks is <= 0 or > int.MaxValue)
        {
            throw new ShapeException($"chunk: the number of pieces must be positive and below 2^31, but is {chunks}.");
        }

        var size = x.shape[Shapes.NormalizeDim("chunk", dim, x.ndim)];
        return size == 0 ? split(x, new long[chunks], dim) : split(x, (size + chunks - 1) / chunks, dim);
    }

    /// <summary>Every element along a dim, without that dim. The results share memory.</summary>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    public static Tensor[] unbind(Tensor x, long dim = 0)
    {
        OperandChecks.RequireDims("unbind", x);
        return x.shape[Shapes.NormalizeDim("unbind", dim, x.ndim)] == 0
            ? []
            : Array.ConvertAll(split(x, 1, dim), part => squeeze(part, dim));
    }

    /// <summary>Repeats a tensor along its dims; more counts than dims add leading dims.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="repeats">How often for each dim of the result.</param>
    /// <exception cref="ShapeException">There are fewer counts than dims, or one is negative.</exception>
    public static Tensor repeat(Tensor x, params ReadOnlySpan<long> repeats)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (repeats.Length < x.ndim || repeats.ToArray().Any(count => count < 0))
        {
            throw new ShapeException(
                $"repeat: [{string.Join(", ", repeats.ToArray())}] must hold a count for each dim of {x.shape}, none of them negative.");
        }

        var (single, spread, merged) = (new List<long>(), new List<long>(), new List<long>());
        for (var i = 0; i < repeats.Length; i++)
        {
            var size = i < repeats.Length - x.ndim ? 1 : x.shape[i - (repeats.Length - x.ndim)];
            single.AddRange([1, size]);
            spread.AddRange([repeats[i], size]);
            merged.Add(repeats[i] * size);
        }

        return reshape(expand(reshape(x, [.. single]), [.. spread]), [.. merged]);
    }

    /// <summary>As <see cref="repeat"/>, but missing leading counts are 1.</summary>
    /// <inheritdoc cref="repeat"/>
    public static Tensor tile(Tensor x, params ReadOnlySpan<long> repeats)
    {
        ArgumentNullException.ThrowIfNull(x);
        var missing = Math.Max(0, x.ndim - repeats.Length);
        return repeat(x, [.. Enumerable.Repeat(1L, missing), .. repeats]);
    }

    /// <inheritdoc cref="cat"/>
    public static Tensor concat(IReadOnlyList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    /// <inheritdoc cref="cat"/>
    public static Tensor concatenate(IReadOnlyList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    /// <inheritdoc cref="split(Tensor, ReadOnlySpan{long}, long)"/>
    public static Tensor[] split_with_sizes(Tensor x, ReadOnlySpan<long> sizes, long dim = 0) => split(x, sizes, dim);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.split(Tensor, ReadOnlySpan{long}, long)"/>
    public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => F.split(this, sizes, dim);

    /// <inheritdoc cref="F.split(Tensor, long, long)"/>
    public Tensor[] split(long split_size, long dim = 0) => F.split(this, split_size, dim);

    /// <inheritdoc cref="F.chunk"/>
    public Tensor[] chunk(long chunks, long dim = 0) => F.chunk(this, chunks, dim);

    /// <inheritdoc cref="F.unbind"/>
    public Tensor[] unbind(long dim = 0) => F.unbind(this, dim);

    /// <inheritdoc cref="F.repeat"/>
    public Tensor repeat(params ReadOnlySpan<long> repeats) => F.repeat(this, repeats);

    /// <inheritdoc cref="F.tile"/>
    public Tensor tile(params ReadOnlySpan<long> repeats) => F.tile(this, repeats);

    /// <inheritdoc cref="F.split_with_sizes"/>
    public Tensor[] split_with_sizes(ReadOnlySpan<long> sizes, long dim = 0) => F.split_with_sizes(this, sizes, dim);
}

/// <summary>What joining asks of its operands.</summary>
file static class JoiningRules
{
    public static void RequireSome(AbstractArgs x)
    {
        if (x.Count == 0)
        {
            throw new ShapeException($"{x.Primitive.Name}: the list of tensors is empty; give at least one.");
        }
    }
}
