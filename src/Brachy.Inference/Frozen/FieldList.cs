using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>The numbers and texts of a program in the order in which a file has them: for one choice of the sizes that vary.</summary>
internal sealed class FieldList
{
    /// <summary>Each a <see cref="long"/>, a <see cref="double"/> or a <see cref="string"/>.</summary>
    public List<object> Values { get; } = [];

    public void Whole(long value) => Values.Add(value);

    public void Flag(bool value) => Values.Add(value ? 1L : 0L);

    public void Real(double value) => Values.Add(value);

    public void Text(string value) => Values.Add(value);

    /// <param name="values">Whole numbers.</param>
    /// <param name="counts">Whether their number comes first.</param>
    public void List(IReadOnlyList<long> values, bool counts = true)
    {
        if (counts)
        {
            Whole(values.Count);
        }

        foreach (var value in values)
        {
            Whole(value);
        }
    }

    public void Shape(Shape shape) => List(shape);

    public void DType(DType dtype) => Whole((long)dtype);

    public void Type(TensorType type)
    {
        DType(type.DType);
        Shape(type.Shape);
    }

    public void Number(Scalar number)
    {
        Whole((long)number.Kind);
        if (number.Kind == ScalarKind.Real)
        {
            Real(number.ToDouble());
        }
        else
        {
            Whole(number.ToInt64());
        }
    }

    public void Formula(SizeExpression formula)
    {
        Flag(formula.IsReal);
        Real(formula.Power);
        Flag(formula.Divisor is not null);
        if (formula.Divisor is var (size, added))
        {
            Whole(size);
            Whole(added);
        }

        Whole(formula.Terms.Count);
        foreach (var (factor, powers) in formula.Terms)
        {
            Real(factor);
            Array.ForEach(powers, power => Whole(power));
        }
    }
}
