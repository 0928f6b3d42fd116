using Brachy.Extending;

namespace Brachy;

/// <summary>Whether a matrix without a result is an error; otherwise the result is NaN.</summary>
internal record CheckingSettings(bool CheckErrors) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("check_errors", CheckErrors)];
}

public static partial class F
{
    /// <summary>
    /// Linear algebra under the names of <c>torch.linalg</c>. Matrices are the last two dims, all dims before them are a batch; operands
    /// are float32 or float64, with any number of matrices, rows and columns, 0 included. Gradients are those of libtorch, and can be
    /// differentiated again. A matrix that a function cannot take because of its values (singular, not positive definite, not finite) ends
    /// the call with a <see cref="NativeOpException"/>, eagerly and compiled; the functions named <c>…_ex</c> report it instead.
    /// What gives complex numbers for real matrices (<c>eig</c>, <c>eigvals</c>) is left out, since there is no complex element type.
    /// </summary>
    public static partial class linalg
    {
        private static void RequireMatrices(AbstractArgs x, int index, string argument)
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

        private static void RequireSquare(AbstractArgs x, int index, string argument)
        {
            RequireMatrices(x, index, argument);
            if (x[index].Shape[^1] != x[index].Shape[x[index].Rank - 2])
            {
                throw new ShapeException($"{x.Primitive.Name}: the last two dims of {argument} must have one size, but it is {x[index]}.");
            }
        }

        /// <summary>Throws unless a tensor holds matrices, for functions that look at sizes before a primitive does.</summary>
        private static void RequireMatrices(string op, Tensor x, string argument, bool square = false)
        {
            ArgumentNullException.ThrowIfNull(x);
            if (x.ndim < 2 || (square && x.shape[^1] != x.shape[x.ndim - 2]))
            {
                throw new ShapeException($"{op}: {argument} must be {(square ? "[..., n, n]" : "[..., m, n]")}, but is {x.Type}.");
            }
        }

        /// <summary>The type of a factor of the first input: its batch with other last dims.</summary>
        private static TensorType Factor(AbstractArgs x, params ReadOnlySpan<long> sizes) =>
            x[0].WithShape([.. x[0].Shape.AsSpan()[..^2], .. sizes]);

        /// <summary>The type of LAPACK's error codes, one for each matrix.</summary>
        private static TensorType Info(AbstractArgs x) => new(Factor(x).Shape, DType.Int32, x.Device);

        /// <summary>Both operands with the batch that their batches broadcast to.</summary>
        private static (Tensor A, Tensor B) WithOneBatch(string op, Tensor a, Tensor b)
        {
            Shape aBatch = [.. a.shape.AsSpan()[..^2]], bBatch = [.. b.shape.AsSpan()[..^2]];
            var batch = Shapes.Broadcast(op, aBatch, bBatch);
            return (expand(a, [.. batch, .. a.shape.AsSpan()[^2..]]), expand(b, [.. batch, .. b.shape.AsSpan()[^2..]]));
        }

        private static CheckingSettings Checking(bool check) => new(check);

        private static Tensor Row(Tensor x) => unsqueeze(x, -2);

        private static Tensor Column(Tensor x) => unsqueeze(x, -1);

        private static Tensor Identity(long size, Tensor like) => eye(size, dtype: like.dtype, device: like.device);

        private static Tensor IsDiagonal(long size, Tensor like) => eye(size, dtype: DType.Bool, device: like.device);

        /// <summary>The smallest number that counts beside 1.</summary>
        private static double Epsilon(DType dtype) => dtype == DType.Float64 ? Math.Pow(2, -52) : Math.Pow(2, -23);
    }
}
