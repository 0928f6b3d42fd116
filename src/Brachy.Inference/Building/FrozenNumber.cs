using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>
/// A number of a model that is built: one that is known, or a formula of sizes that vary, such as <c>2 * batch + 1</c>. Formulas are sums
/// of products of sizes; of real numbers, such a sum to a power, over a size.
/// </summary>
public sealed class FrozenNumber
{
    private const int MostOfOne = 3;
    private const double LargestFactor = 1L << 53;

    private readonly (double Factor, int[] Sizes)[] _terms;
    private readonly double _power = 1;
    private readonly (int Size, int Added)? _divisor;

    internal FrozenNumber(Scalar constant) => (Constant, _terms, IsReal) = (constant, [], constant.Kind == ScalarKind.Real);

    /// <summary>A size that varies.</summary>
    internal FrozenNumber(FrozenBuilder owner, int size) => (Owner, _terms) = (owner, [(1, [size])]);

    private FrozenNumber(
        FrozenBuilder? owner, (double Factor, int[] Sizes)[] terms, bool isReal, double power = 1, (int Size, int Added)? divisor = null) =>
        (Owner, _terms, IsReal, _power, _divisor) = (owner, terms, isReal, power, divisor);

    /// <summary>The number, if it is known.</summary>
    internal Scalar? Constant { get; }

    /// <summary>The model whose sizes it is made of.</summary>
    internal FrozenBuilder? Owner { get; }

    internal bool IsReal { get; }

    /// <summary>The position of the size that it is, if it is nothing else.</summary>
    internal int? OnlySize => Constant is null && !IsReal && _terms is [(1, [var size])] ? size : null;

    /// <summary>A whole number.</summary>
    public static implicit operator FrozenNumber(int value) => new((Scalar)value);

    /// <summary>A whole number.</summary>
    public static implicit operator FrozenNumber(long value) => new((Scalar)value);

    /// <summary>A real number.</summary>
    public static implicit operator FrozenNumber(double value) => new((Scalar)value);

    /// <summary>The sum.</summary>
    /// <exception cref="ArgumentException">The operands are of two models, or no sums of products.</exception>
    public static FrozenNumber operator +(FrozenNumber left, FrozenNumber right) =>
        new(OwnerOf(left, right), [.. left.Sum(), .. right.Sum()], left.IsReal || right.IsReal);

    /// <summary>The difference.</summary>
    /// <exception cref="ArgumentException">The operands are of two models, or no sums of products.</exception>
    public static FrozenNumber operator -(FrozenNumber left, FrozenNumber right) => left + (-1 * right);

    /// <summary>The product.</summary>
    /// <exception cref="ArgumentException">
    /// The operands are of two models, no sums of products, or have a size more than three times.
    /// </exception>
    public static FrozenNumber operator *(FrozenNumber left, FrozenNumber right)
    {
        var owner = OwnerOf(left, right);
        (double, int[] Sizes)[] terms = [.. left.Sum().SelectMany(a => right.Sum().Select(b =>
            (a.Factor * b.Factor, (int[])[.. a.Sizes, .. b.Sizes])))];
        return Array.TrueForAll(terms, term => term.Sizes.CountBy(size => size).All(count => count.Value <= MostOfOne))
            ? new(owner, terms, left.IsReal || right.IsReal)
            : throw new ArgumentException($"A formula has a size at most to the power of {MostOfOne}.", nameof(right));
    }

    /// <summary>A real number over a size, or over a size and a whole number, as in <c>1.0 / (batch + 1)</c>.</summary>
    /// <exception cref="ArgumentException">The divisor is something else, or there is one already.</exception>
    public static FrozenNumber operator /(FrozenNumber left, FrozenNumber right)
    {
        var owner = OwnerOf(left, right);
        var divisor = right.Constant is null && right is { IsReal: false, _terms: [(1, [var size]), .. var rest] }
            && rest is [] or [(_, [])] ? (size, rest is [var (added, _)] ? (int)added : 0)
            : throw new ArgumentException(
                $"{right} is no size with a whole number added, and only such are divided by.", nameof(right));
        return left._divisor is null ? new(owner, left.Constant is null ? left._terms : left.Sum(), isReal: true, left._power, divisor)
            : throw new ArgumentException($"{left} is divided already.", nameof(left));
    }

    /// <summary>The number to a power: a real number.</summary>
    /// <param name="exponent">The exponent.</param>
    /// <exception cref="ArgumentException">This is no sum of products.</exception>
    public FrozenNumber Power(double exponent) => new(Owner, Sum(), isReal: true, exponent);

    /// <summary>The number, or the formula.</summary>
    public override string ToString() => Constant is { } known ? known.ToString()
        : Owner is null ? Formula(0, IsReal).Write([]) : Formula(Owner.SizeNames.Count, IsReal).Write(Owner.SizeNames);

    /// <summary>The formula as a file has it.</summary>
    /// <param name="sizes">How many sizes vary.</param>
    /// <param name="isReal">Whether its value is a real number.</param>
    internal SizeExpression Formula(int sizes, bool isReal)
    {
        var terms = _terms.Select(term =>
        {
            var powers = new int[sizes];
            Array.ForEach(term.Sizes, size => powers[size]++);
            return (term.Factor, powers);
        });
        return new([.. terms], isReal) { Power = _power, Divisor = _divisor };
    }

    private (double Factor, int[] Sizes)[] Sum()
    {
        if (_power != 1 || _divisor is not null)
        {
            throw new ArgumentException($"{this} is a power or divided, so that nothing is added to it or multiplied.");
        }

        return Constant is not { } known ? _terms
            : Math.Abs(known.ToDouble()) <= LargestFactor || known.Kind == ScalarKind.Real ? [(known.ToDouble(), [])]
            : throw new ArgumentException($"{known} is too large for a formula.");
    }

    private static FrozenBuilder? OwnerOf(FrozenNumber left, FrozenNumber right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.Owner is null || right.Owner is null || ReferenceEquals(left.Owner, right.Owner) ? left.Owner ?? right.Owner
            : throw new ArgumentException($"{left} and {right} are sizes of two models.", nameof(right));
    }
}
