using System.Globalization;

namespace Brachy.Compilation;

/// <summary>
/// A number of a program as a formula of the sizes that vary: a sum of products of sizes; or, of real numbers, such a sum to a power, over
/// a size.
/// </summary>
/// <param name="terms">The products, with their factors; the powers are those of the sizes.</param>
/// <param name="isReal">Whether the value is a real number.</param>
internal sealed class SizeExpression((double Factor, int[] Powers)[] terms, bool isReal)
{
    /// <summary>How far values of a real number may be from the formula: they may have been rounded to float32.</summary>
    public const double SingleTolerance = 3e-7;

    /// <summary>The products, with their factors; the powers are those of the sizes.</summary>
    public IReadOnlyList<(double Factor, int[] Powers)> Terms => terms;

    /// <summary>Whether the value is a real number.</summary>
    public bool IsReal => isReal;

    /// <summary>The power that the sum is taken to.</summary>
    public double Power { get; init; } = 1;

    /// <summary>The size that all is divided by, and what is added to it first; null for none.</summary>
    public (int Size, int Added)? Divisor { get; init; }

    /// <summary>The size that the value is, if it is nothing else.</summary>
    public int? OnlySize =>
        !isReal && terms is [(1, var powers)] && powers.Sum() == 1 ? Array.IndexOf(powers, 1) : null;

    /// <summary>The value for some sizes, an integer.</summary>
    public long IntegerAt(ReadOnlySpan<long> sizes)
    {
        Int128 sum = 0;
        foreach (var (factor, powers) in terms)
        {
            Int128 product = (long)factor;
            for (var i = 0; i < powers.Length; i++)
            {
                for (var n = 0; n < powers[i]; n++)
                {
                    product *= sizes[i];
                }
            }

            sum += product;
        }

        return (long)sum;
    }

    /// <summary>The value for some sizes, a real number.</summary>
    public double RealAt(ReadOnlySpan<long> sizes)
    {
        var sum = 0.0;
        foreach (var (factor, powers) in terms)
        {
            var product = factor;
            for (var i = 0; i < powers.Length; i++)
            {
                product *= Math.Pow(sizes[i], powers[i]);
            }

            sum += product;
        }

        var value = Power switch { 1 => sum, -1 => 1 / sum, _ => Math.Pow(sum, Power) };
        return Divisor is var (size, added) ? value / (sizes[size] + added) : value;
    }

    /// <summary>The value for some sizes as text.</summary>
    public string TextAt(ReadOnlySpan<long> sizes) =>
        isReal ? Real(RealAt(sizes)) : IntegerAt(sizes).ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a number of a text is the value for some sizes.</summary>
    public bool Fits(string number, ReadOnlySpan<long> sizes)
    {
        if (!isReal)
        {
            return long.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer)
                && integer == IntegerAt(sizes);
        }

        var value = RealAt(sizes);
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            && (real.Equals(value) || Math.Abs(real - value) <= SingleTolerance * Math.Abs(value));
    }

    /// <summary>The formula, for people and for TorchScript.</summary>
    /// <param name="names">The names of the sizes.</param>
    public string Write(IReadOnlyList<string> names)
    {
        var products = terms.Select(term => Product(term.Factor, term.Powers, names)).ToArray();
        var sum = products.Length == 1 ? products[0] : $"({string.Join(" + ", products)})";
        if (!isReal)
        {
            return sum;
        }

        var power = Power switch
        {
            1 => sum,
            -1 => $"1.0 / ({sum})",
            _ => $"({sum}) ** {Real(Power)}",
        };
        return Divisor switch
        {
            (var size, 0) => $"({power}) / float({names[size]})",
            var (size, added) => $"({power}) / (float({names[size]}) + {Real(added)})",
            null => power,
        };
    }

    private string Product(double factor, int[] powers, IReadOnlyList<string> names)
    {
        var factors = powers.SelectMany((power, i) => Enumerable.Repeat(isReal ? $"float({names[i]})" : names[i], power)).ToList();
        if (factor != 1 || factors.Count == 0)
        {
            factors.Insert(0, isReal ? Real(factor) : factor.ToString("R", CultureInfo.InvariantCulture));
        }

        return string.Join(" * ", factors);
    }

    private static string Real(double value) => new Scalar(value).ToString();
}
