namespace Brachy.Inference;

/// <summary>Fields of a routine that is built, with formulas among them, and what they are for the typical sizes.</summary>
/// <param name="model">The model.</param>
/// <param name="to">Where the fields go.</param>
internal sealed class BuiltFields(FrozenBuilder model, FieldList to)
{
    public FieldList List => to;

    /// <param name="number">A number.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="ArgumentException">It is no whole number.</exception>
    public long Whole(FrozenNumber number, string what)
    {
        Require(number, what);
        if (number.IsReal || number.Constant is { Kind: not ScalarKind.Integer })
        {
            throw new ArgumentException($"{what} must be a whole number, but is {number}.");
        }

        if (number.Constant is { } known)
        {
            to.Whole(known.ToInt64());
            return known.ToInt64();
        }

        to.Values.Add(new BuiltFormula(number, IsReal: false));
        return number.Formula(model.SizeNames.Count, isReal: false).IntegerAt(model.Typical);
    }

    /// <inheritdoc cref="Whole"/>
    public double Real(FrozenNumber number, string what)
    {
        Require(number, what);
        if (number.Constant is { } known)
        {
            to.Real(known.ToDouble());
            return known.ToDouble();
        }

        to.Values.Add(new BuiltFormula(number, IsReal: true));
        return number.Formula(model.SizeNames.Count, isReal: true).RealAt(model.Typical);
    }

    /// <inheritdoc cref="Whole"/>
    public Scalar Scalar(FrozenNumber number, string what)
    {
        Require(number, what);
        if (number.Constant is { } known)
        {
            to.Number(known);
            return known;
        }

        to.Whole((long)(number.IsReal ? ScalarKind.Real : ScalarKind.Integer));
        return number.IsReal ? Real(number, what) : Whole(number, what);
    }

    /// <param name="sizes">A list of whole numbers.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <exception cref="ArgumentException">One is no whole number.</exception>
    public Shape Shape(ReadOnlySpan<FrozenNumber> sizes, string what)
    {
        to.Whole(sizes.Length);
        var values = new long[sizes.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Whole(sizes[i], what);
        }

        return Brachy.Shape.Own(values);
    }

    /// <summary>The type of an input or a weight.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="mayBeInt8">Whether it may be of int8, as weights may.</param>
    public TensorType Type(DType dtype, ReadOnlySpan<FrozenNumber> shape, string what, bool mayBeInt8)
    {
        if (dtype is not (DType.Float32 or DType.Float64 or DType.Int64 or DType.Bool) && !(mayBeInt8 && dtype == DType.Int8))
        {
            throw new ArgumentException(
                $"{what} must be of float32, float64, int64{(mayBeInt8 ? ", int8" : "")} or bool, but is of {dtype}.", nameof(dtype));
        }

        to.DType(dtype);
        var type = new TensorType(Shape(shape, $"A size of {what}"), dtype);
        return type.Shape.All(size => size >= 0) ? type
            : throw new ArgumentException($"{what} has shape {type.Shape}; sizes are 0 at least.", nameof(shape));
    }

    private void Require(FrozenNumber number, string what)
    {
        if (number is null)
        {
            throw new ArgumentNullException(nameof(number), $"{what} is null.");
        }

        if (number.Owner is not null && !ReferenceEquals(number.Owner, model))
        {
            throw new ArgumentException($"{what} is {number}, a formula of another model's sizes.");
        }
    }
}
