using Brachy.Extending;

namespace Brachy;

/// <summary>
/// Random numbers from explicit keys, as in JAX. A function that takes a key draws from the ambient <see cref="RngScope"/>
/// when none is given. The same key gives the same bits whether code is compiled or not.
/// </summary>
public static partial class Rng
{
    /// <summary>A key made of a number.</summary>
    public static RngKey Seed(long seed) => new(Tensor.FromArray([KeyMixing.Mix(seed, 0)], Shape.Scalar));

    /// <summary>Independent new keys. The old key must not be used for anything else.</summary>
    /// <param name="key">The key to split.</param>
    /// <param name="n">How many keys to make.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static RngKey[] Split(RngKey key, int n = 2)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var keys = new RngKey[n];
        for (var i = 0; i < n; i++)
        {
            keys[i] = FoldIn(key, i);
        }

        return keys;
    }

    /// <summary>A new key made of a key and a number, such as the count of a step; different numbers give independent keys.</summary>
    /// <param name="key">The key.</param>
    /// <param name="data">A whole number, or an int64 tensor without dims, which may be traced.</param>
    /// <exception cref="ShapeException">The data has dims.</exception>
    /// <exception cref="DTypeException">The data is not a whole number.</exception>
    public static RngKey FoldIn(RngKey key, Tensor data)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new(F.fold_in(key.Tensor, data));
    }

    /// <summary>Makes a seed the ambient origin of random numbers on this thread until the result is disposed. Scopes nest.</summary>
    public static RngScope Scope(long seed) => new(Seed(seed));

    /// <summary>Makes a key the ambient origin of random numbers on this thread until the result is disposed. Scopes nest.</summary>
    /// <param name="key">The key; it must not be used for anything else.</param>
    public static RngScope Scope(RngKey key) => new(key);

    /// <summary>A fresh key of the innermost scope on this thread.</summary>
    /// <exception cref="InvalidOperationException">
    /// There is no scope, or it was opened outside the function that is being traced.
    /// </exception>
    public static RngKey NextKey() => RngScope.NextKey();

    /// <summary>Numbers spread evenly over [0, 1).</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="dtype">A floating-point type; float32 by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Uniform(Shape shape, DType dtype = DType.Float32, RngKey? key = null) =>
        F.UniformSample.Bind(new SampleSettings(shape, dtype), Use(key));

    /// <summary>Numbers with the standard normal distribution.</summary>
    /// <inheritdoc cref="Uniform(Shape, DType, RngKey?)"/>
    public static Tensor Normal(Shape shape, DType dtype = DType.Float32, RngKey? key = null) =>
        F.NormalSample.Bind(new SampleSettings(shape, dtype), Use(key));

    /// <summary>Truth values that are true with a probability.</summary>
    /// <param name="p">The probability: a number or a floating-point tensor that broadcasts to the shape.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">A size is negative, or the probabilities do not broadcast to the shape.</exception>
    public static Tensor Bernoulli(Tensor p, Shape shape, RngKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(p);
        return F.lt(Uniform(shape, DType.Float32, key), F.expand(p, shape));
    }

    /// <summary>Whole numbers, int64, spread evenly over low … high − 1.</summary>
    /// <param name="low">The lowest number.</param>
    /// <param name="high">One past the highest number.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no number from low to high − 1.</exception>
    public static Tensor RandInt(long low, long high, Shape shape, RngKey? key = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(high, low);
        return F.RandIntSample.Bind(new RandIntSettings(low, high, shape), Use(key));
    }

    /// <summary>The numbers 0 … n − 1 in random order, int64.</summary>
    /// <param name="n">How many numbers.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static Tensor Permutation(long n, RngKey? key = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        return F.PermutationSample.Bind(new PermutationSettings(n), Use(key));
    }
}
