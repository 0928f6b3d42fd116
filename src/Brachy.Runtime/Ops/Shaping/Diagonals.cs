using Brachy.Extending;
using static Brachy.DiagonalRules;

namespace Brachy;

/// <summary>A diagonal of two dims.</summary>
internal sealed record DiagonalSettings(long Offset, long Dim1, long Dim2) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("offset", Offset), ("dim1", Dim1), ("dim2", Dim2)];
}

// Diagonals of matrices.
public static partial class F
{
    /// <summary>A diagonal of two dims, which disappear; it becomes the last dim. Shares memory. Element type: as x.</summary>
    /// <param name="x">A tensor with at least two dims.</param>
    /// <param name="offset">Which diagonal: 0 the main one, positive above it, negative below.</param>
    /// <param name="dim1">The dim of rows.</param>
    /// <param name="dim2">The dim of columns.</param>
    /// <exception cref="ShapeException">A dim does not exist, or both are the same.</exception>
    public static Tensor diagonal(Tensor x, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        Diagonal.Bind(Diagonally(offset, dim1, dim2), x);

    internal static readonly Primitive<DiagonalSettings> Diagonal = new("diagonal")
    {
        Abstract = x => x[0].WithShape(DiagonalShape(x)),
        Eager = x => x[0].diagonal(x.Settings.Offset, x.Settings.Dim1, x.Settings.Dim2),
        Script = x => $"torch.diagonal({x[0]}, {x.Settings.Offset}, {x.Settings.Dim1}, {x.Settings.Dim2})",
        Batching = Batching.Dims<DiagonalSettings>(
            (s, batch) => s with { Dim1 = batch.Dim(s.Dim1), Dim2 = batch.Dim(s.Dim2) }),
        Vjp = Vjp.Rule<DiagonalSettings>(
            (g, y, x) => [diagonal_scatter(zeros(x[0].shape, g.dtype, g.device), g, x.Settings.Offset, x.Settings.Dim1, x.Settings.Dim2)]),
        Jvp = Jvp.Linear(),
        IsView = true,
    };

    /// <summary>x with src in the place that <see cref="diagonal"/> reads. Shape and dtype: as x.</summary>
    /// <param name="x">A tensor with at least two dims.</param>
    /// <param name="src">The diagonal, of x's element type.</param>
    /// <param name="offset">Which diagonal: 0 the main one, positive above it, negative below.</param>
    /// <param name="dim1">The dim of rows.</param>
    /// <param name="dim2">The dim of columns.</param>
    /// <exception cref="ShapeException">A dim does not exist, both are the same, or src has not the shape of the diagonal.</exception>
    /// <exception cref="DTypeException">src and x differ in type.</exception>
    public static Tensor diagonal_scatter(Tensor x, Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        DiagonalScatter.Bind(Diagonally(offset, dim1, dim2), x, src);

    internal static readonly Primitive<DiagonalSettings> DiagonalScatter = new("diagonal_scatter")
    {
        Abstract = x =>
        {
            Shapes.RequireSameDType(x, 0, 1);
            var part = DiagonalShape(x);
            return x[1].Shape == part
                ? new TensorType(x[0].Shape, x[0].DType, x.Device)
                : throw new ShapeException($"diagonal_scatter: src has shape {x[1].Shape}, but the diagonal of {x[0].Shape} has {part}.");
        },
        Eager = x => x[0].diagonal_scatter(x[1], x.Settings.Offset, x.Settings.Dim1, x.Settings.Dim2),
        Script = x => $"torch.diagonal_scatter({x[0]}, {x[1]}, {x.Settings.Offset}, {x.Settings.Dim1}, {x.Settings.Dim2})",
        Batching = Batching.Dims<DiagonalSettings>(
            (s, batch) => s with { Dim1 = batch.Dim(s.Dim1), Dim2 = batch.Dim(s.Dim2) }),
        Vjp = Vjp.Rule<DiagonalSettings>((g, y, x) =>
        [
            x.If(0, () => diagonal_scatter(g, zeros(x[1].shape, g.dtype, g.device), x.Settings.Offset, x.Settings.Dim1, x.Settings.Dim2)),
            x.If(1, () => diagonal(g, x.Settings.Offset, x.Settings.Dim1, x.Settings.Dim2)),
        ]),
        Jvp = Jvp.LinearTogether(),
    };

    /// <summary>Matrices with the last dim of x on a diagonal, and zeros elsewhere. Element type: as x.</summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="offset">Which diagonal: 0 the main one, positive above it, negative below.</param>
    /// <param name="dim1">Where the dim of rows stands in the result.</param>
    /// <param name="dim2">Where the dim of columns stands in the result.</param>
    /// <returns>As many dims as x and one more, two of them as large as the diagonal needs.</returns>
    /// <exception cref="ShapeException">x has no dims, a dim does not exist, or both are the same.</exception>
    public static Tensor diag_embed(Tensor x, long offset = 0, long dim1 = -2, long dim2 = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        OperandChecks.RequireDims("diag_embed", x);
        var (row, column) = (Shapes.NormalizeDim("diag_embed", dim1, x.ndim + 1), Shapes.NormalizeDim("diag_embed", dim2, x.ndim + 1));
        if (row == column || offset is < int.MinValue or > int.MaxValue)
        {
            throw new ShapeException($"diag_embed: dims {dim1} and {dim2} and offset {offset} name no diagonal of matrices of {x.shape}.");
        }

        var size = x.shape[^1] + Math.Abs(offset);
        var sizes = x.shape.Take(x.ndim - 1).ToList();
        sizes.Insert(Math.Min(row, column), size);
        sizes.Insert(Math.Max(row, column), size);
        return diagonal_scatter(zeros([.. sizes], x.dtype, x.device), x, offset, row, column);
    }

    /// <summary>Of a vector the matrix with it on a diagonal, of a matrix that diagonal. Element type: as x.</summary>
    /// <param name="x">One or two dims.</param>
    /// <param name="diagonal">Which diagonal: 0 the main one, positive above it, negative below.</param>
    /// <exception cref="ShapeException">x has other dims.</exception>
    public static Tensor diag(Tensor x, long diagonal = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim switch
        {
            1 => diag_embed(x, diagonal),
            2 => F.diagonal(x, diagonal),
            _ => throw new ShapeException($"diag: x must have 1 or 2 dims, but is {x.Type}; use F.diag_embed or F.diagonal."),
        };
    }

    /// <summary>The sum of the main diagonal of a matrix. Shape: []; dtype: as x (integers and bool become int64).</summary>
    /// <exception cref="ShapeException">x is not a matrix.</exception>
    public static Tensor trace(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim == 2
            ? sum(diagonal(x))
            : throw new ShapeException($"trace: x must have 2 dims, but is {x.Type}; use F.diagonal(x, 0, -2, -1).sum(-1).");
    }

    /// <summary>The elements of a tensor of any shape on a diagonal of a square matrix.</summary>
    /// <param name="x">Any tensor, in row-major order.</param>
    /// <param name="offset">Which diagonal: 0 for the main one, positive above it.</param>
    public static Tensor diagflat(Tensor x, long offset = 0) => diag(ravel(x), offset);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.diagonal"/>
    public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => F.diagonal(this, offset, dim1, dim2);

    /// <inheritdoc cref="F.diagonal_scatter"/>
    public Tensor diagonal_scatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        F.diagonal_scatter(this, src, offset, dim1, dim2);

    /// <inheritdoc cref="F.diag_embed"/>
    public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => F.diag_embed(this, offset, dim1, dim2);

    /// <inheritdoc cref="F.diag"/>
    public Tensor diag(long diagonal = 0) => F.diag(this, diagonal);

    /// <inheritdoc cref="F.trace"/>
    public Tensor trace() => F.trace(this);

    /// <inheritdoc cref="F.diagflat"/>
    public Tensor diagflat(long offset = 0) => F.diagflat(this, offset);
}

/// <summary>The rules of diagonals.</summary>
file static class DiagonalRules
{
    public static DiagonalSettings Diagonally(long offset, long dim1, long dim2) => new(offset, dim1, dim2);

    public static Shape DiagonalShape(AbstractArgs<DiagonalSettings> x)
    {
        var (name, shape, offset) = (x.Primitive.Name, x[0].Shape, x.Settings.Offset);
        var row = Shapes.NormalizeDim(name, x.Settings.Dim1, shape.Rank);
        var column = Shapes.NormalizeDim(name, x.Settings.Dim2, shape.Rank);
        if (row == column)
        {
            throw new ShapeException(
                $"{name}: dims {x.Settings.Dim1} and {x.Settings.Dim2} of {shape} are the same; a diagonal needs two.");
        }

        var size = offset >= 0 ? Math.Min(shape[row], shape[column] - offset) : Math.Min(shape[row] + offset, shape[column]);
        return [.. shape.Where((_, i) => i != row && i != column), Math.Max(0, size)];
    }
}
