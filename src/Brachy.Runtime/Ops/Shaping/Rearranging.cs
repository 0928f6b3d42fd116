using Brachy.Extending;

namespace Brachy;

/// <summary>How far elements move along each dim.</summary>
internal sealed record RollSettings(Shape Shifts, Shape Dims) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("shifts", Shifts), ("dims", Dims)];
}

// Rolling, turning, and other ways to rearrange dims.
public static partial class F
{
    /// <summary>Shifts the elements along a dim; those pushed over the end come back at the beginning. Element type: as x.</summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="shifts">How far, towards higher indices; negative for the other way.</param>
    /// <param name="dims">Along which dim.</param>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    public static Tensor roll(Tensor x, long shifts, long dims) => roll(x, [shifts], [dims]);

    /// <summary>Shifts the elements along several dims; a dim that is named twice is shifted twice.</summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="shifts">How far, for each of the dims.</param>
    /// <param name="dims">Along which dims.</param>
    /// <exception cref="ShapeException">There is no such dim, or there are not as many shifts as dims.</exception>
    public static Tensor roll(Tensor x, long[] shifts, long[] dims)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(shifts);
        ArgumentNullException.ThrowIfNull(dims);
        OperandChecks.RequireDims("roll", x);
        if (shifts.Length != dims.Length)
        {
            throw new ShapeException($"roll: there are {shifts.Length} shifts for {dims.Length} dims; give as many.");
        }

        var total = new long[x.ndim];
        for (var i = 0; i < dims.Length; i++)
        {
            var dim = Shapes.NormalizeDim("roll", dims[i], x.ndim);
            var size = Math.Max(1, x.shape[dim]);
            total[dim] = ((shifts[i] % size) + total[dim] + size) % size;
        }

        var moved = Enumerable.Range(0, x.ndim).Where(d => total[d] != 0).ToArray();
        return moved.Length == 0 ? x : Roll.Bind(
            new RollSettings(Array.ConvertAll(moved, d => total[d]), Array.ConvertAll(moved, d => (long)d)), x);
    }

    /// <summary>Shifts the elements in row-major order. Shape and dtype: as x.</summary>
    public static Tensor roll(Tensor x, long shifts)
    {
        ArgumentNullException.ThrowIfNull(x);
        return reshape(roll(reshape(x, x.numel()), shifts, 0), x.shape);
    }

    internal static readonly Primitive<RollSettings> Roll = new("roll")
    {
        Abstract = x =>
        {
            var dims = Shapes.NormalizeDims("roll", x.Settings.Dims.Sizes, x[0].Rank);
            return dims.Length == x.Settings.Shifts.Length
                ? x[0].WithShape(x[0].Shape)
                : throw new ShapeException($"roll: there are {x.Settings.Shifts.Length} shifts for {dims.Length} dims.");
        },
        Eager = x => x[0].roll(x.Settings.Shifts.Sizes, x.Settings.Dims.Sizes),
        Script = x => $"torch.roll({x[0]}, {Script.Ints(x.Settings.Shifts)}, {Script.Ints(x.Settings.Dims)})",
        Batching = Batching.Dims<RollSettings>((s, batch) => s with { Dims = batch.Dims(s.Dims) }),
        Vjp = Vjp.Rule<RollSettings>((g, y, x) => [roll(g, Array.ConvertAll(x.Settings.Shifts.Sizes, s => -s), x.Settings.Dims.Sizes)]),
        Jvp = Jvp.Linear(),
    };

    /// <summary>Turns the plane of two dims by quarters, from the first dim towards the second.</summary>
    /// <param name="x">A tensor with at least two dims.</param>
    /// <param name="k">How many quarters; negative for the other way.</param>
    /// <param name="dim0">The first dim of the plane.</param>
    /// <param name="dim1">The second dim of the plane.</param>
    /// <exception cref="ShapeException">A dim does not exist, or both are the same.</exception>
    public static Tensor rot90(Tensor x, long k = 1, long dim0 = 0, long dim1 = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (a, b) = (Shapes.NormalizeDim("rot90", dim0, x.ndim), Shapes.NormalizeDim("rot90", dim1, x.ndim));
        if (a == b)
        {
            throw new ShapeException($"rot90: dims {dim0} and {dim1} of {x.shape} are the same; a plane needs two.");
        }

        return (((k % 4) + 4) % 4) switch
        {
            1 => transpose(flip(x, b), a, b),
            2 => flip(x, a, b),
            3 => transpose(flip(x, a), a, b),
            _ => x,
        };
    }

    /// <summary>Turns the plane of two dims by quarters, from the first dim towards the second.</summary>
    /// <param name="x">A tensor with at least two dims.</param>
    /// <param name="k">How many quarters; negative for the other way.</param>
    /// <param name="dims">The two dims of the plane.</param>
    /// <exception cref="ShapeException">A dim does not exist, both are the same, or there are not two.</exception>
    public static Tensor rot90(Tensor x, long k, ReadOnlySpan<long> dims) => dims.Length == 2
        ? rot90(x, k, dims[0], dims[1])
        : throw new ShapeException($"rot90: dims must be two, but there are {dims.Length}.");

    /// <summary>Reverses the order of columns: flips dim 1.</summary>
    /// <exception cref="ShapeException">There are fewer than two dims.</exception>
    public static Tensor fliplr(Tensor x) => flip(x, 1);

    /// <summary>Reverses the order of rows: flips dim 0.</summary>
    /// <exception cref="ShapeException">There are no dims.</exception>
    public static Tensor flipud(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        OperandChecks.RequireDims("flipud", x);
        return flip(x, 0);
    }

    /// <summary>The same as <see cref="transpose"/>.</summary>
    /// <inheritdoc cref="transpose"/>
    public static Tensor swapaxes(Tensor x, long axis0, long axis1) => transpose(x, axis0, axis1);

    /// <summary>The same as <see cref="transpose"/>.</summary>
    /// <inheritdoc cref="transpose"/>
    public static Tensor swapdims(Tensor x, long dim0, long dim1) => transpose(x, dim0, dim1);

    /// <summary>The same as <see cref="movedim(Tensor, long, long)"/>.</summary>
    /// <inheritdoc cref="movedim(Tensor, long, long)"/>
    public static Tensor moveaxis(Tensor x, long source, long destination) => movedim(x, source, destination);

    /// <summary>Moves dims to other places; the others keep their order. Shares memory.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="source">Which dims.</param>
    /// <param name="destination">Where each of them stands in the result.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice, or the lists differ in length.</exception>
    public static Tensor movedim(Tensor x, long[] source, long[] destination)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        if (source.Length != destination.Length)
        {
            throw new ShapeException($"movedim: there are {source.Length} dims to move to {destination.Length} places; give as many.");
        }

        if (source.Length == 0)
        {
            return x;
        }

        var from = Shapes.NormalizeDims("movedim", source, x.ndim);
        var to = Shapes.NormalizeDims("movedim", destination, x.ndim);
        var rest = new Queue<long>(Enumerable.Range(0, x.ndim).Select(d => (long)d).Except(from));
        var order = Enumerable.Range(0, x.ndim).Select(d => Array.IndexOf(to, d) is >= 0 and var i ? from[i] : rest.Dequeue());
        return permute(x, [.. order]);
    }

    /// <summary>Removes some dims, as far as their size is 1.</summary>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static Tensor squeeze(Tensor x, long[] dims)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(dims);
        var gone = dims.Length == 0 ? [] : Shapes.NormalizeDims("squeeze", dims, x.ndim);
        return reshape(x, [.. x.shape.Where((size, d) => size != 1 || !gone.Contains(d))]);
    }

    /// <summary>All elements in one dim, in row-major order.</summary>
    public static Tensor ravel(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return reshape(x, x.numel());
    }

    /// <summary>Repeats each element, beside itself. Element type: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="repeats">How often.</param>
    /// <param name="dim">Along which dim; null for all elements in row-major order.</param>
    /// <exception cref="ShapeException">There is no such dim.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static Tensor repeat_interleave(Tensor x, long repeats, long? dim = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (repeats < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(repeats), repeats, "repeat_interleave: the count must be 0 or more.");
        }

        if (dim is null || x.ndim == 0)
        {
            x = ravel(x);
        }

        var at = Shapes.NormalizeDim("repeat_interleave", dim ?? 0, x.ndim);
        var sizes = x.shape.AsSpan();
        var spread = expand(unsqueeze(x, at + 1), [.. sizes[..(at + 1)], repeats, .. sizes[(at + 1)..]]);
        return reshape(spread, Shapes.WithSize(x.shape, at, sizes[at] * repeats));
    }

    /// <summary>Tensors broadcast to their common shape. They share memory with the given ones.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor[] broadcast_tensors(params IReadOnlyList<Tensor> tensors)
    {
        OperandChecks.RequireTensors("broadcast_tensors", tensors);
        var shape = tensors.Aggregate(Shape.Scalar, (common, x) => Shapes.Broadcast("broadcast_tensors", common, x.shape));
        return [.. tensors.Select(x => expand(x, shape))];
    }

    /// <summary>Coordinates on a grid: result i holds, at each point, the coordinate from tensor i.</summary>
    /// <param name="tensors">The coordinates along each dim: one dim, or none for a single one.</param>
    /// <param name="indexing">"ij": dim i of the grid belongs to tensor i. "xy": the first two are swapped, as for pictures.</param>
    /// <exception cref="ShapeException">A tensor has more than one dim.</exception>
    /// <exception cref="ArgumentException">There is no tensor, or no such indexing.</exception>
    public static Tensor[] meshgrid(IReadOnlyList<Tensor> tensors, string indexing = "ij")
    {
        OperandChecks.RequireTensors("meshgrid", tensors);
        if (indexing is not ("ij" or "xy") || tensors.Count == 0)
        {
            throw new ArgumentException(
                $"meshgrid: {tensors.Count} tensors with indexing \"{indexing}\"; give at least one, and \"ij\" or \"xy\".");
        }

        if (tensors.FirstOrDefault(x => x.ndim > 1) is { } wrong)
        {
            throw new ShapeException($"meshgrid: the coordinates must have 1 dim, but are {wrong.Type}.");
        }

        // The dim of the grid that a tensor goes along.
        int Dim(int i) => indexing == "xy" && tensors.Count > 1 && i < 2 ? 1 - i : i;
        var shape = Shape.Own([.. Enumerable.Range(0, tensors.Count).Select(d => tensors[Dim(d)].numel())]);
        return [.. tensors.Select((x, i) => expand(reshape(x, [x.numel(), .. Enumerable.Repeat(1L, tensors.Count - 1 - Dim(i))]), shape))];
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.roll(Tensor, long, long)"/>
    public Tensor roll(long shifts, long dims) => F.roll(this, shifts, dims);

    /// <inheritdoc cref="F.roll(Tensor, long[], long[])"/>
    public Tensor roll(long[] shifts, long[] dims) => F.roll(this, shifts, dims);

    /// <inheritdoc cref="F.roll(Tensor, long)"/>
    public Tensor roll(long shifts) => F.roll(this, shifts);

    /// <inheritdoc cref="F.rot90(Tensor, long, long, long)"/>
    public Tensor rot90(long k = 1, long dim0 = 0, long dim1 = 1) => F.rot90(this, k, dim0, dim1);

    /// <inheritdoc cref="F.rot90(Tensor, long, ReadOnlySpan{long})"/>
    public Tensor rot90(long k, ReadOnlySpan<long> dims) => F.rot90(this, k, dims);

    /// <inheritdoc cref="F.fliplr"/>
    public Tensor fliplr() => F.fliplr(this);

    /// <inheritdoc cref="F.flipud"/>
    public Tensor flipud() => F.flipud(this);

    /// <inheritdoc cref="F.swapaxes"/>
    public Tensor swapaxes(long axis0, long axis1) => F.swapaxes(this, axis0, axis1);

    /// <inheritdoc cref="F.swapdims"/>
    public Tensor swapdims(long dim0, long dim1) => F.swapdims(this, dim0, dim1);

    /// <inheritdoc cref="F.moveaxis"/>
    public Tensor moveaxis(long source, long destination) => F.moveaxis(this, source, destination);

    /// <inheritdoc cref="F.movedim(Tensor, long[], long[])"/>
    public Tensor movedim(long[] source, long[] destination) => F.movedim(this, source, destination);

    /// <inheritdoc cref="F.squeeze(Tensor, long[])"/>
    public Tensor squeeze(long[] dims) => F.squeeze(this, dims);

    /// <inheritdoc cref="F.ravel"/>
    public Tensor ravel() => F.ravel(this);

    /// <inheritdoc cref="F.repeat_interleave(Tensor, long, long?)"/>
    public Tensor repeat_interleave(long repeats, long? dim = null) => F.repeat_interleave(this, repeats, dim);
}
