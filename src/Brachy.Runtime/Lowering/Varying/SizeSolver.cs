using System.Globalization;

namespace Brachy.Compilation;

/// <summary>
/// Finds the formula of a number whose values for some sizes are known: the one with the fewest products of sizes that gives all of them,
/// of those with fewer unknowns than there are values, so that at least one value confirms it.
/// </summary>
internal sealed class SizeSolver
{
    private const double DoubleTolerance = 1e-12;
    private const int MaxDegree = 3;

    private static readonly double[] s_powers = [1, -1, 0.5, -0.5, 2, -2];
    private static readonly int[] s_added = [0, -1, 1, -2, 2];

    private readonly IReadOnlyList<long[]> _points;
    private readonly List<int[]> _monomials;
    private readonly Dictionary<string, SizeExpression?> _known = [];

    public SizeSolver(SizePoints points)
    {
        _points = points.Points;
        _monomials = [.. Monomials(points.Names.Count).OrderBy(powers => powers.Sum()).ThenByDescending(powers => powers.Max())];
    }

    /// <summary>The formula; null when there is none.</summary>
    /// <param name="numbers">The number as it is written for each of the points; not all are the same.</param>
    public SizeExpression? Solve(IReadOnlyList<string> numbers)
    {
        var key = string.Join(' ', numbers);
        if (!_known.TryGetValue(key, out var expression))
        {
            _known.Add(key, expression = Find(numbers));
        }

        return expression;
    }

    /// <inheritdoc cref="Solve(IReadOnlyList{string})"/>
    public SizeExpression? Solve(IReadOnlyList<long> numbers) =>
        Solve([.. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))]);

    private SizeExpression? Find(IReadOnlyList<string> numbers)
    {
        var values = new double[numbers.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.TryParse(numbers[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i])
                || !double.IsFinite(values[i]))
            {
                return null;
            }
        }

        return numbers.All(number => number.AsSpan().IndexOfAny('.', 'E', 'e') < 0) ? FindInteger(values) : FindReal(values);
    }

    private SizeExpression? FindInteger(double[] values)
    {
        foreach (var monomials in Subsets())
        {
            if (Fit(values, monomials) is not { } factors)
            {
                continue;
            }

            var rounded = Array.ConvertAll(factors, Math.Round);
            var expression = new SizeExpression(Terms(rounded, monomials), isReal: false);
            if (factors.Zip(rounded).All(pair => Math.Abs(pair.First - pair.Second) < 1e-6)
                && _points.Index().All(point => expression.IntegerAt(point.Item) == (long)values[point.Index]))
            {
                return expression;
            }
        }

        return null;
    }

    private SizeExpression? FindReal(double[] values)
    {
        foreach (var tolerance in (ReadOnlySpan<double>)[DoubleTolerance, SizeExpression.SingleTolerance])
        {
            foreach (var divisor in Divisors())
            {
                foreach (var power in s_powers.Where(power => divisor is null || power == 1))
                {
                    if (FindReal(values, power, divisor, tolerance) is { } expression)
                    {
                        return expression;
                    }
                }
            }
        }

        return null;
    }

    private SizeExpression? FindReal(double[] values, double power, (int Size, int Added)? divisor, double tolerance)
    {
        var sums = values.Select((value, i) => Math.Pow(
            divisor is var (size, added) ? value * (_points[i][size] + added) : value, 1 / power)).ToArray();
        if (!Array.TrueForAll(sums, double.IsFinite))
        {
            return null;
        }

        foreach (var monomials in Subsets())
        {
            if (Fit(sums, monomials) is not { } factors)
            {
                continue;
            }

            var scale = sums.Max(Math.Abs);
            var simple = factors.Select((factor, i) => Simplified(
                factor, 100 * tolerance * Math.Max(Math.Abs(factor), i < monomials.Count ? 0 : scale))).ToArray();
            var expression = new SizeExpression(Terms(simple, monomials), isReal: true) { Power = power, Divisor = divisor };
            if (_points.Index().All(point =>
                Math.Abs(expression.RealAt(point.Item) - values[point.Index]) <= tolerance * Math.Abs(values[point.Index])))
            {
                return expression;
            }
        }

        return null;
    }

    /// <summary>No divisor, and then each size that may be one.</summary>
    private IEnumerable<(int Size, int Added)?> Divisors()
    {
        yield return null;
        for (var size = 0; size < _points[0].Length; size++)
        {
            foreach (var added in s_added)
            {
                yield return (size, added);
            }
        }
    }

    private static double Simplified(double value, double tolerance) =>
        Math.Abs(value - Math.Round(value)) <= tolerance ? Math.Round(value) : value;

    /// <summary>The factors of monomials, and last the constant, that go through as many of the values as there are factors.</summary>
    private double[]? Fit(double[] values, IReadOnlyList<int[]> monomials)
    {
        var count = monomials.Count + 1;
        if (count >= values.Length)
        {
            return null;
        }

        var rows = new double[count][];
        for (var i = 0; i < count; i++)
        {
            rows[i] = [.. monomials.Select(powers => Value(powers, _points[i])), 1, values[i]];
        }

        for (var column = 0; column < count; column++)
        {
            var pivot = Enumerable.Range(column, count - column).MaxBy(i => Math.Abs(rows[i][column]));
            (rows[column], rows[pivot]) = (rows[pivot], rows[column]);
            if (Math.Abs(rows[column][column]) < 1e-9)
            {
                return null;
            }

            for (var i = 0; i < count; i++)
            {
                var ratio = rows[i][column] / rows[column][column];
                for (var k = column; k <= count && i != column; k++)
                {
                    rows[i][k] -= ratio * rows[column][k];
                }
            }
        }

        return [.. rows.Select((row, i) => row[count] / row[i])];
    }

    /// <summary>The terms that are not zero; a constant alone when all are.</summary>
    private (double Factor, int[] Powers)[] Terms(double[] factors, IReadOnlyList<int[]> monomials)
    {
        var constant = new int[_points[0].Length];
        (double Factor, int[] Powers)[] terms =
            [.. factors.Select((factor, i) => (factor, i < monomials.Count ? monomials[i] : constant)).Where(term => term.factor != 0)];
        return terms.Length > 0 ? terms : [(0, constant)];
    }

    private IEnumerable<IReadOnlyList<int[]>> Subsets()
    {
        foreach (var first in _monomials)
        {
            yield return [first];
        }

        for (var i = 0; i < _monomials.Count; i++)
        {
            for (var k = i + 1; k < _monomials.Count; k++)
            {
                yield return [_monomials[i], _monomials[k]];
            }
        }
    }

    private static double Value(int[] powers, long[] sizes) =>
        powers.Select((power, i) => Math.Pow(sizes[i], power)).Aggregate(1.0, (product, factor) => product * factor);

    private static IEnumerable<int[]> Monomials(int sizes)
    {
        var powers = new int[sizes];
        while (true)
        {
            var place = 0;
            while (place < sizes && ++powers[place] > MaxDegree)
            {
                powers[place++] = 0;
            }

            if (place == sizes)
            {
                yield break;
            }

            if (powers.Sum() <= MaxDegree)
            {
                yield return [.. powers];
            }
        }
    }
}
