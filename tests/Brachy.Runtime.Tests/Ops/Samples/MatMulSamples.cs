namespace Brachy.Tests.Ops.Samples;

public static class MatMulSamples
{
    public static IEnumerable<OpSample> All { get; } =
    [
        .. DTypes.All.Where(d => d != DType.Bool).Select(dtype => Product(dtype.Name(), [2, 3], [3, 4], dtype)),
        Product("vectors", [3], [3]),
        Product("vector, matrix", [3], [3, 2]),
        Product("matrix, vector", [2, 3], [3]),
        Product("vector, batch", [3], [2, 3, 4]),
        Product("batch, vector", [2, 4, 3], [3]),
        Product("batch, matrix", [2, 2, 3], [3, 4]),
        Product("matrix, batch", [2, 3], [2, 3, 4]),
        Product("batches", [2, 2, 3], [2, 3, 2]),
        Product("batches that broadcast", [2, 1, 2, 3], [3, 3, 2]),
        Product("batch of size 1", [1, 2, 3], [2, 3, 2]),
        Product("no rows", [0, 3], [3, 2]),
        Product("no inner dim", [2, 0], [0, 3]),
        Product("empty batch", [0, 2, 3], [0, 3, 2]),
        .. DTypes.All.Where(d => d != DType.Bool).Select(dtype => Linear(dtype.Name(), [2, 3], [4, 3], true, dtype)),
        Linear("without bias", [2, 3], [4, 3], false),
        Linear("with bias", [2, 3], [4, 3], true),
        Linear("vector", [3], [4, 3], false),
        Linear("vector with bias", [3], [4, 3], true),
        Linear("batch", [2, 2, 3], [4, 3], false),
        Linear("batch with bias", [2, 2, 3], [4, 3], true),
        Linear("empty batch", [0, 3], [4, 3], true),
        Linear("one output", [2, 3], [1, 3], true),
        Sum("matrices", [2, 4], [2, 3], [3, 4]),
        Sum("matrices, a row is added", [4], [2, 3], [3, 4]),
        Sum("batches", [2, 2, 4], [2, 2, 3], [2, 3, 4]),
        Sum("batches, a matrix is added", [2, 4], [2, 2, 3], [2, 3, 4]),
        Sum("float32", [2, 4], [2, 3], [3, 4], DType.Float32),
        Sum("no inner dim", [2, 4], [2, 0], [0, 4]),
        Sum("empty batch", [0, 2, 4], [0, 2, 3], [0, 3, 4]),
    ];

    private static OpSample Product(string name, Shape left, Shape right, DType dtype = DType.Float64) =>
        new(F.MatMul, name, () => [Values(left, dtype, 5), Values(right, dtype, 6)]);

    private static OpSample Linear(string name, Shape x, Shape weight, bool bias, DType dtype = DType.Float64) => new(
        F.Linear, name, () => [Values(x, dtype, 5), Values(weight, dtype, 6), .. bias ? new[] { Values([weight[0]], dtype, 7) } : []]);

    private static OpSample Sum(string name, Shape input, Shape left, Shape right, DType dtype = DType.Float64) => new(
        F.AddMatMul, name, () => [Values(input, dtype, 4), Values(left, dtype, 5), Values(right, dtype, 6)]);

    private static Tensor Values(Shape shape, DType dtype, int seed) =>
        dtype.IsFloatingPoint() ? Make.Real(shape, dtype, seed) : Make.Integers(shape, 0, 4, dtype, seed);
}
