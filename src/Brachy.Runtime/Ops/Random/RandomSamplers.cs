using Brachy.Extending;
using TorchSharp;
using static Brachy.SamplerTypes;

namespace Brachy;

/// <summary>How many categories are drawn, and whether one may come twice.</summary>
internal sealed record MultinomialSettings(long Count, bool Replacement) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("count", Count), ("replacement", Replacement)];
}

// Samples whose distribution depends on tensors. Like all samples they seed a fresh generator with their key.
public static partial class F
{
    /// <summary>Gamma distributed numbers of unit scale, one for each shape parameter, which must be positive and finite.</summary>
    internal static Tensor gamma_sample(Tensor key, Tensor alpha) => GammaSample.Bind(key, alpha);

    internal static readonly Primitive<NoSettings> GammaSample = new("gamma")
    {
        Abstract = x => Sampled(x, "alpha"),

        // The kernel draws in the order of memory.
        Eager = x => torch._standard_gamma(x.Temporary(x[1].contiguous()), KeyOperands.Generator(x)),
        Script = x =>
        {
            var alpha = x.Dense(1);
            return $"torch._standard_gamma({alpha}, generator={KeyOperands.GeneratorScript(x)})";
        },
        DrawsByKey = true,
        Vjp = Vjp.None("a draw from a gamma distribution is accepted or rejected; only scales and shifts of it have gradients"),
        IsDense = _ => true,
    };

    /// <summary>Poisson distributed numbers, one for each rate, which must not be negative.</summary>
    internal static Tensor poisson_sample(Tensor key, Tensor rate) => PoissonSample.Bind(key, rate);

    internal static readonly Primitive<NoSettings> PoissonSample = new("poisson")
    {
        Abstract = x => Sampled(x, "rate"),
        Eager = x => torch.poisson(x.Temporary(x[1].contiguous()), KeyOperands.Generator(x)),
        Script = x =>
        {
            var rate = x.Dense(1);
            return $"torch.poisson({rate}, generator={KeyOperands.GeneratorScript(x)})";
        },
        DrawsByKey = true,
        Vjp = Vjp.Zero("counts do not change continuously"),
        IsDense = _ => true,
    };

    /// <summary>Binomially distributed numbers, one for each count and probability, of one shape.</summary>
    internal static Tensor binomial_sample(Tensor key, Tensor count, Tensor probability) => BinomialSample.Bind(key, count, probability);

    internal static readonly Primitive<NoSettings> BinomialSample = new("binomial")
    {
        Abstract = x =>
        {
            Shapes.RequireSameDType(x, 1, 2);
            return x[1].Shape == x[2].Shape
                ? Sampled(x, "count")
                : throw new ShapeException($"binomial: counts {x[1]} and probabilities {x[2]} differ in shape.");
        },
        Eager = x => torch.binomial(x.Temporary(x[1].contiguous()), x.Temporary(x[2].contiguous()), KeyOperands.Generator(x)),
        Script = x =>
        {
            var (count, probability) = (x.Dense(1), x.Dense(2));
            return $"torch.binomial({count}, {probability}, generator={KeyOperands.GeneratorScript(x)})";
        },
        DrawsByKey = true,
        Vjp = Vjp.Zero("counts do not change continuously"),
        IsDense = _ => true,
    };

    /// <summary>Numbers of categories, drawn by their weights.</summary>
    internal static Tensor multinomial_sample(Tensor key, Tensor weights, long count, bool replacement) =>
        MultinomialSample.Bind(new MultinomialSettings(count, replacement), key, weights);

    internal static readonly Primitive<MultinomialSettings> MultinomialSample = new("multinomial")
    {
        Abstract = x =>
        {
            const long MostCategories = 1 << 24;
            Shapes.RequireRank(x, 1, "weights", 1);
            _ = Sampled(x, "weights");
            var (categories, count) = (x[1].Shape[0], x.Settings.Count);
            return categories is > 0 and <= MostCategories && count > 0 && (x.Settings.Replacement || count <= categories)
                ? new TensorType([count], DType.Int64)
                : throw new ShapeException($"multinomial: {count} numbers cannot be drawn from {x[1]}; there may be up to {MostCategories} "
                    + "categories, and without replacement no more numbers than categories.");
        },
        Eager = x => torch.multinomial(x[1], x.Settings.Count, x.Settings.Replacement, KeyOperands.Generator(x)),
        Script = x =>
            $"torch.multinomial({x[1]}, {x.Settings.Count}, {Script.Flag(x.Settings.Replacement)}, "
            + $"generator={KeyOperands.GeneratorScript(x)})",
        DrawsByKey = true,
        Vjp = Vjp.Zero("choices do not change continuously"),
    };
}

/// <summary>Types of samples with parameters.</summary>
file static class SamplerTypes
{
    /// <summary>The type of samples in the shape and element type of operand 1; the kernels know only two types.</summary>
    public static TensorType Sampled(AbstractArgs x, string argument)
    {
        KeyOperands.RequireKey(x);
        return x[1].DType is DType.Float32 or DType.Float64 && x[1].Device == Device.CPU
            ? new TensorType(x[1].Shape, x[1].DType)
            : throw new DTypeException($"{x.Primitive.Name}: {argument} must be float32 or float64 on the CPU, but is {x[1]}.");
    }
}
