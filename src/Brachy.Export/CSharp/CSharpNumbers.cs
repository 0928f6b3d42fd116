using Brachy.Compilation;
using Brachy.IO.Tracing;

namespace Brachy.IO.CSharp;

/// <summary>Numbers that may differ from size to size, as formulas of the sizes' variables.</summary>
/// <param name="program">The program, for its sizes and for messages.</param>
/// <param name="sizes">The variables of the sizes.</param>
internal sealed class CSharpNumbers(TracedProgram program, IReadOnlyList<string> sizes)
{
    /// <summary>A value of a setting.</summary>
    /// <param name="values">The value for each of the sizes that the program was traced for.</param>
    /// <exception cref="VaryingSizeException">It is no formula.</exception>
    public string Value(IReadOnlyList<object> values) => values[0] switch
    {
        Shape => List([.. values.Cast<Shape>()]),
        DType dtype => DTypeOf(dtype),
        string text when Same(values) => CSharpText.Quoted(text),
        bool flag when Same(values) => CSharpText.Flag(flag),
        Scalar number => Same(values) ? CSharpText.Number(number)
            : Value([.. values.Cast<Scalar>().Select(value => value.Kind == ScalarKind.Real ? value.ToDouble() : (object)value.ToInt64())]),
        double real => Same(values) ? CSharpText.Real(real) : Formula(values, Solve(values) is { IsReal: true } formula ? formula : null),
        int or long => Same(values) ? CSharpText.Whole(Convert.ToInt64(values[0], null)) : Formula(values, Solve(values)),
        _ => Formula(values, null),
    };

    public string List(IReadOnlyList<Shape> shapes) => shapes.All(shape => shape.Rank == shapes[0].Rank)
        ? $"[{string.Join(", ", Enumerable.Range(0, shapes[0].Rank).Select(i => Value([.. shapes.Select(shape => (object)shape[i])])))}]"
        : Formula([.. shapes.Select(shape => (object)shape)], null);

    public static string DTypeOf(DType dtype) => $"DType.{dtype}";

    /// <summary>A type for readers; sizes without a formula are left open.</summary>
    public string Comment(IReadOnlyList<TensorType> types)
    {
        var shape = types[0].Shape.Select((size, i) =>
        {
            object[] values = [.. types.Select(type => (object)type.Shape[i])];
            return Same(values) ? CSharpText.Whole(size) : Solve(values) is { } formula ? CSharpText.Formula(formula, sizes) : "_";
        });
        return $"{types[0].DType.Name()}[{string.Join(", ", shape)}]";
    }

    private static bool Same(IReadOnlyList<object> values) => values.All(values[0].Equals);

    private SizeExpression? Solve(IReadOnlyList<object> values) => values[0] is double
        ? program.Solver.Solve([.. values.Select(value => new Scalar((double)value).ToString())])
        : program.Solver.Solve([.. values.Select(value => Convert.ToInt64(value, null))]);

    private string Formula(IReadOnlyList<object> values, SizeExpression? formula) => formula is not null
        ? CSharpText.Formula(formula, sizes)
        : throw new VaryingSizeException(
            $"{program.Name}: a number of its program is {string.Join(", ", values)}, which is no formula of the sizes. Export it for "
            + "fixed sizes.");
}
