namespace Brachy;

// Joining tensors after giving them the dims that takes.
public static partial class F
{
    /// <summary>x with a dim, if it has none.</summary>
    public static Tensor atleast_1d(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim == 0 ? reshape(x, 1) : x;
    }

    /// <summary>Each of several tensors with at least 1 dim, see <see cref="atleast_1d(Tensor)"/>.</summary>
    public static Tensor[] atleast_1d(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return [.. tensors.Select(atleast_1d)];
    }

    /// <summary>x with two dims, if it has fewer: a vector becomes a row.</summary>
    public static Tensor atleast_2d(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim < 2 ? reshape(x, 1, x.numel()) : x;
    }

    /// <summary>Each of several tensors with at least 2 dims, see <see cref="atleast_2d(Tensor)"/>.</summary>
    public static Tensor[] atleast_2d(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return [.. tensors.Select(atleast_2d)];
    }

    /// <summary>x with three dims, if it has fewer: a vector becomes the middle one, a matrix the first two.</summary>
    public static Tensor atleast_3d(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim switch
        {
            < 2 => reshape(x, 1, x.numel(), 1),
            2 => unsqueeze(x, 2),
            _ => x,
        };
    }

    /// <summary>Each of several tensors with at least 3 dims, see <see cref="atleast_3d(Tensor)"/>.</summary>
    public static Tensor[] atleast_3d(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return [.. tensors.Select(atleast_3d)];
    }

    /// <summary>Joins tensors side by side: along dim 1, vectors along dim 0. Element type: promoted.</summary>
    /// <exception cref="ShapeException">There is no tensor, or sizes differ in another dim.</exception>
    public static Tensor hstack(params IReadOnlyList<Tensor> tensors)
    {
        OperandChecks.RequireTensors("hstack", tensors);
        Tensor[] parts = [.. tensors.Select(atleast_1d)];
        return cat(parts, parts.Length > 0 && parts[0].ndim == 1 ? 0 : 1);
    }

    /// <summary>Joins tensors on top of each other: along dim 0, vectors as rows. Element type: promoted.</summary>
    /// <exception cref="ShapeException">There is no tensor, or sizes differ in another dim.</exception>
    public static Tensor vstack(params IReadOnlyList<Tensor> tensors)
    {
        OperandChecks.RequireTensors("vstack", tensors);
        return cat([.. tensors.Select(atleast_2d)], 0);
    }

    /// <summary>Joins tensors behind each other: along dim 2, see <see cref="atleast_3d(Tensor)"/>. Element type: promoted.</summary>
    /// <exception cref="ShapeException">There is no tensor, or sizes differ in another dim.</exception>
    public static Tensor dstack(params IReadOnlyList<Tensor> tensors)
    {
        OperandChecks.RequireTensors("dstack", tensors);
        return cat([.. tensors.Select(atleast_3d)], 2);
    }

    /// <summary>Joins tensors along dim 1, vectors as columns. Element type: promoted.</summary>
    /// <exception cref="ShapeException">There is no tensor, or sizes differ in another dim.</exception>
    public static Tensor column_stack(params IReadOnlyList<Tensor> tensors)
    {
        OperandChecks.RequireTensors("column_stack", tensors);
        return cat([.. tensors.Select(x => x.ndim < 2 ? reshape(x, x.numel(), 1) : x)], 1);
    }

    /// <summary>Square or other matrices as blocks on the diagonal of one; zeros elsewhere. Element type: promoted.</summary>
    /// <param name="tensors">Each of at most two dims; a vector counts as a row.</param>
    /// <exception cref="ShapeException">There is no tensor, or one has more dims.</exception>
    public static Tensor block_diag(params IReadOnlyList<Tensor> tensors)
    {
        OperandChecks.RequireTensors("block_diag", tensors);
        Tensor[] blocks = [.. tensors.Select(atleast_2d)];
        if (Array.Find(blocks, b => b.ndim > 2) is { } wrong)
        {
            throw new ShapeException($"block_diag: each tensor may have at most 2 dims, but one is {wrong.Type}.");
        }

        var width = blocks.Sum(b => b.shape[1]);
        long before = 0;
        var rows = Array.ConvertAll(blocks, b =>
        {
            before += b.shape[1];
            return pad(b, [before - b.shape[1], width - before]);
        });
        return cat(rows, 0);
    }
}
