namespace Brachy.Tests.Transforms.Composed;

/// <summary>
/// A number with infinitesimals e_0, e_1, …, the square of each of which is 0: a coefficient for each set of them. Plain arithmetic of
/// doubles, from which the tests take derivatives of any order without any of Brachy's rules.
/// </summary>
internal sealed class Jet
{
    /// <summary>How many infinitesimals there are: the highest order of a derivative.</summary>
    public const int Orders = 4;

    private const int Sets = 1 << Orders;

    private readonly double[] _coefficients;

    private Jet(double[] coefficients) => _coefficients = coefficients;

    /// <summary>The number without infinitesimals.</summary>
    public double Value => _coefficients[0];

    public static implicit operator Jet(double value)
    {
        var coefficients = new double[Sets];
        coefficients[0] = value;
        return new Jet(coefficients);
    }

    public static Jet operator +(Jet left, Jet right) => new([.. left._coefficients.Zip(right._coefficients, (a, b) => a + b)]);

    public static Jet operator -(Jet left, Jet right) => left + -1 * right;

    public static Jet operator *(Jet left, Jet right)
    {
        var product = new double[Sets];
        for (var set = 0; set < Sets; set++)
        {
            for (var part = set; ; part = (part - 1) & set)
            {
                product[set] += left._coefficients[part] * right._coefficients[set & ~part];
                if (part == 0)
                {
                    break;
                }
            }
        }

        return new Jet(product);
    }

    public static Jet operator /(Jet left, Jet right) => left * right.Inverse();

    public static Jet Exp(Jet x) => x.Series(_ => Math.Exp(x.Value));

    public static Jet Log(Jet x) =>
        x.Series(n => n == 0 ? Math.Log(x.Value) : Factorial(n - 1) * (n % 2 == 1 ? 1 : -1) / Math.Pow(x.Value, n));

    public static Jet Sin(Jet x) => x.Series(n => Math.Sin(x.Value + (n * Math.PI / 2)));

    public static Jet Cos(Jet x) => x.Series(n => Math.Cos(x.Value + (n * Math.PI / 2)));

    public static Jet Sigmoid(Jet x) => 1.0 / (1.0 + Exp(-1 * x));

    public static Jet Tanh(Jet x) => (2.0 * Sigmoid(2 * x)) - 1;

    /// <summary>The number moved by an infinitesimal.</summary>
    public Jet Moved(int infinitesimal, Jet by)
    {
        var moved = (double[])_coefficients.Clone();
        foreach (var set in Without(infinitesimal))
        {
            moved[set | (1 << infinitesimal)] += by._coefficients[set];
        }

        return new Jet(moved);
    }

    /// <summary>The derivative by an infinitesimal.</summary>
    public Jet By(int infinitesimal)
    {
        var derivative = new double[Sets];
        foreach (var set in Without(infinitesimal))
        {
            derivative[set] = _coefficients[set | (1 << infinitesimal)];
        }

        return new Jet(derivative);
    }

    private static IEnumerable<int> Without(int infinitesimal) => Enumerable.Range(0, Sets).Where(set => (set >> infinitesimal & 1) == 0);

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    private Jet Inverse() => Series(n => Factorial(n) * (n % 2 == 0 ? 1 : -1) / Math.Pow(Value, n + 1));

    /// <summary>Taylor's series around the value, which ends.</summary>
    /// <param name="derivative">The derivative of an order there.</param>
    private Jet Series(Func<int, double> derivative)
    {
        var distance = this - Value;
        Jet power = 1;
        Jet sum = derivative(0);
        for (var n = 1; n <= Orders; n++)
        {
            power *= distance;
            sum += power * (derivative(n) / Factorial(n));
        }

        return sum;
    }
}
