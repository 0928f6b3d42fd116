using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Batches of matrices: checks, factors, rows and columns.</summary>
internal static class MatrixOperands
{
    public static void RequireMatrices(AbstractArgs x, int index, string argument)
    {
        if (x[index].DType is not (DType.Float32 or DType.Float64))
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: {argument} must be float32 or float64, but is {x[index]}; cast it with x.to(DType.Float32).");
        }

        if (x[index].Rank < 2)
        {
            throw new ShapeException($"{x.Primitive.Name}: {argument} must have at least 2 dims, but is {x[index]}.");
        }
    }

    public static void RequireSquare(AbstractArgs x, int index, string argument)
    {
        RequireMatrices(x, index, argument);
        if (x[index].Shape[^1] != x[index].Shape[x[index].Rank - 2])
        {
            throw new ShapeException($"{x.Primitive.Name}: the last two dims of {argument} must have one size, but it is {x[index]}.");
        }
    }

    /// <summary>Throws unless a tensor holds matrices, for functions that look at sizes before a primitive does.</summary>
    public static void RequireMatrices(string op, Tensor x, string argument, bool square = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.ndim < 2 || (square && x.shape[^1] != x.shape[x.ndim - 2]))
        {
            throw new ShapeException($"{op}: {argument} must be {(square ? "[..., n, n]" : "[..., m, n]")}, but is {x.Type}.");
        }
    }

    /// <summary>The type of a factor of the first input: its batch with other last dims.</summary>
    public static TensorType Factor(AbstractArgs x, params ReadOnlySpan<long> sizes) =>
        x[0].WithShape([.. x[0].Shape.AsSpan()[..^2], .. sizes]);

    /// <summary>The type of LAPACK's error codes, one for each matrix.</summary>
    public static TensorType Info(AbstractArgs x) => new(Factor(x).Shape, DType.Int32, x.Device);

    /// <summary>Both operands with the batch that their batches broadcast to.</summary>
    public static (Tensor A, Tensor B) WithOneBatch(string op, Tensor a, Tensor b)
    {
        Shape aBatch = [.. a.shape.AsSpan()[..^2]], bBatch = [.. b.shape.AsSpan()[..^2]];
        var batch = Shapes.Broadcast(op, aBatch, bBatch);
        return (expand(a, [.. batch, .. a.shape.AsSpan()[^2..]]), expand(b, [.. batch, .. b.shape.AsSpan()[^2..]]));
    }

    public static CheckingSettings Checking(bool check) => new(check);

    public static Tensor Row(Tensor x) => unsqueeze(x, -2);

    public static Tensor Column(Tensor x) => unsqueeze(x, -1);

    public static Tensor Identity(long size, Tensor like) => eye(size, dtype: like.dtype, device: like.device);

    public static Tensor IsDiagonal(long size, Tensor like) => eye(size, dtype: DType.Bool, device: like.device);

    /// <summary>The smallest number that counts beside 1.</summary>
    public static double Epsilon(DType dtype) => dtype == DType.Float64 ? Math.Pow(2, -52) : Math.Pow(2, -23);

    public static string WithNaN(IRuleArgs<CheckingSettings> x, string pair) =>
        x.Settings.CheckErrors
            ? pair
            : $"(torch.where({pair}[1].ne(0).unsqueeze(-1).unsqueeze(-1), float('nan'), {pair}[0]), {pair}[1])";
}
