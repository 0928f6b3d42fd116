using System.Globalization;
using System.Text;
using Brachy.Compilation;

namespace Brachy.IO.CSharp;

/// <summary>Values as C# has them.</summary>
internal static class CSharpText
{
    public static string Whole(long value) =>
        value.ToString(CultureInfo.InvariantCulture) + (value is < int.MinValue or > int.MaxValue ? "L" : "");

    public static string Real(double value) => value switch
    {
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double.NaN when BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(double.NaN) => "double.NaN",
        double.NaN => $"BitConverter.UInt64BitsToDouble(0x{BitConverter.DoubleToUInt64Bits(value):X16})",
        _ => new Scalar(value).ToString(),
    };

    public static string Flag(bool value) => value ? "true" : "false";

    public static string Number(Scalar value) => value.Kind switch
    {
        ScalarKind.Bool => Flag(value.ToBool()),
        ScalarKind.Integer => Whole(value.ToInt64()),
        _ => Real(value.ToDouble()),
    };

    /// <summary>A text in quotes, in ASCII.</summary>
    public static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                >= ' ' and <= '~' => quoted.Append(c),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A formula.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="sizes">The variables of the sizes.</param>
    public static string Formula(SizeExpression formula, IReadOnlyList<string> sizes)
    {
        var text = Sum(formula, sizes);
        if (formula.Power != 1)
        {
            text = $"({text}).Power({Real(formula.Power)})";
        }
        else if (formula.Divisor is not null && formula.Terms.Count > 1)
        {
            text = $"({text})";
        }

        return formula.Divisor switch
        {
            (var size, 0) => $"{text} / {sizes[size]}",
            (var size, var added) => $"{text} / ({sizes[size]} {Signed(added)})",
            null => text,
        };
    }

    private static string Sum(SizeExpression formula, IReadOnlyList<string> sizes)
    {
        var text = new StringBuilder();
        foreach (var (factor, powers) in formula.Terms)
        {
            var names = powers.SelectMany((power, i) => Enumerable.Repeat(sizes[i], power)).ToList();
            var isNegative = double.IsNegative(factor);
            var size = Math.Abs(factor);
            if (formula.IsReal || size != 1 || names.Count == 0 || (isNegative && text.Length == 0))
            {
                names.Insert(0, formula.IsReal ? Real(size) : Whole((long)size));
            }

            text.Append(text.Length == 0 ? isNegative ? "-" : "" : isNegative ? " - " : " + ").AppendJoin(" * ", names);
        }

        return text.ToString();
    }

    private static string Signed(int value) => value < 0 ? $"- {Whole(-(long)value)}" : $"+ {value}";
}
