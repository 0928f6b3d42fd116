namespace Brachy.Tests.Ops;

/// <summary>Operands for tests: the same values each time, and none near a kink or a tie.</summary>
public static class Make
{
    /// <summary>Distinct values between -2 and 2, none within 0.1 of zero.</summary>
    public static Tensor Real(Shape shape, DType dtype = DType.Float64, int seed = 1)
    {
        var random = new Random(seed);
        return Of(shape, dtype, _ => (random.Next(2) * 2 - 1) * (0.1 + 1.9 * random.NextDouble()));
    }

    /// <summary>Distinct values between 0.3 and 2.</summary>
    public static Tensor Positive(Shape shape, DType dtype = DType.Float64, int seed = 2)
    {
        var random = new Random(seed);
        return Of(shape, dtype, _ => 0.3 + 1.7 * random.NextDouble());
    }

    /// <summary>Integers from <paramref name="low"/> up to, not including, <paramref name="high"/>.</summary>
    public static Tensor Integers(Shape shape, long low = 1, long high = 6, DType dtype = DType.Int64, int seed = 3)
    {
        var random = new Random(seed);
        return Of(shape, dtype, _ => random.NextInt64(low, high));
    }

    /// <summary>Truth values, some of each kind.</summary>
    public static Tensor Bools(Shape shape, int seed = 4)
    {
        var random = new Random(seed);
        return Of(shape, DType.Bool, _ => random.Next(2));
    }

    /// <summary>The values given, in row-major order.</summary>
    public static Tensor Values(Shape shape, params double[] values) => Of(shape, DType.Float64, i => values[i]);

    public static Tensor Of(Shape shape, DType dtype, Func<int, double> value)
    {
        var values = new double[shape.NumElements];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(i);
        }

        return Tensor.FromArray(values, shape).to(dtype);
    }
}
