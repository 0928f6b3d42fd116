using System.Globalization;
using System.Numerics;
using System.Text;

namespace Brachy.IO;

/// <summary>Values as Python would print them, shortened: a value may hold itself, or more than any memory.</summary>
internal sealed class TorchText
{
    private const int MaxLength = 200;
    private const int MaxDepth = 5;
    private const int MaxBits = 8192;
    private readonly StringBuilder _text = new();

    private bool IsFull => _text.Length >= MaxLength;

    public static string Of(TorchValue value)
    {
        var text = new TorchText();
        text.Write(value, 0);
        return text.IsFull ? text._text.ToString(0, MaxLength - 1) + "…" : text._text.ToString();
    }

    /// <summary>The name of a value's type in Python.</summary>
    public static string TypeOf(TorchValue value) => value.Value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        Complex => "complex",
        string => "str",
        byte[] => "bytes",
        TorchValue[] => "tuple",
        IReadOnlyList<TorchValue> => "list",
        TorchDictionary => "dict",
        _ => "object",
    };

    private void Write(TorchValue value, int depth)
    {
        if (IsFull)
        {
            return;
        }

        switch (value.Value)
        {
            case null:
                Write("None");
                break;
            case bool truth:
                Write(truth ? "True" : "False");
                break;
            case double number:
                Write(Real(number));
                break;
            case Complex number:
                Write(number.Real == 0 && !double.IsNegative(number.Real)
                    ? $"{Part(number.Imaginary)}j"
                    : $"({Part(number.Real)}{(double.IsNegative(number.Imaginary) ? "" : "+")}{Part(number.Imaginary)}j)");
                break;
            case BigInteger number:
                Write(number.GetBitLength() <= MaxBits
                    ? number.ToString(CultureInfo.InvariantCulture)
                    : $"an integer of {number.GetBitLength()} bits");
                break;
            case string text:
                Write(Quoted(text.Length <= MaxLength ? text : text[..MaxLength]));
                break;
            case byte[] bytes:
                Write($"b'{string.Concat(bytes.Take(32).Select(b => b is >= 32 and < 127 ? ((char)b).ToString() : $"\\x{b:x2}"))}"
                    + $"{(bytes.Length > 32 ? "…" : "")}'");
                break;
            case DType dtype:
                Write("torch." + dtype.Name());
                break;
            case Tensor tensor:
                Write(tensor.Type.ToString());
                break;
            case TorchValue[] tuple:
                Write(tuple, "(", tuple.Length == 1 ? ",)" : ")", depth);
                break;
            case IReadOnlyList<TorchValue> list:
                Write(list, "[", "]", depth);
                break;
            case TorchDictionary dictionary:
                Write(dictionary.Pairs, depth);
                break;
            case TorchObject item:
                Write(item, depth);
                break;
            case StoredTensor or NumpyArray or TorchStorage:
                Write("a tensor");
                break;
            case var other:
                Write(string.Create(CultureInfo.InvariantCulture, $"{other}"));
                break;
        }
    }

    private void Write(TorchObject item, int depth)
    {
        if (item.Maker is { } maker)
        {
            WriteBelow(maker, depth);
        }
        else
        {
            Write(item.Name);
        }

        if (item.IsName)
        {
            return;
        }

        Write(item.Arguments, "(", item.Keywords is null ? ")" : "", depth);
        if (item.Keywords is not null)
        {
            Write(", **");
            WriteBelow(item.Keywords, depth);
            Write(")");
        }

        if (item.Items.Count > 0)
        {
            Write(item.Items, " [", "]", depth);
        }

        if (item.Pairs.Count > 0)
        {
            Write(" ");
            Write(item.Pairs, depth);
        }

        if (item.State is not null)
        {
            Write(" ");
            WriteBelow(item.State, depth);
        }
    }

    private void Write(IReadOnlyList<TorchValue> items, string open, string close, int depth)
    {
        Write(open);
        for (var i = 0; i < items.Count && !IsFull; i++)
        {
            Write(i == 0 ? "" : ", ");
            WriteBelow(items[i], depth);
        }

        Write(close);
    }

    private void Write(IReadOnlyList<KeyValuePair<TorchValue, TorchValue>> pairs, int depth)
    {
        Write("{");
        for (var i = 0; i < pairs.Count && !IsFull; i++)
        {
            Write(i == 0 ? "" : ", ");
            WriteBelow(pairs[i].Key, depth);
            Write(": ");
            WriteBelow(pairs[i].Value, depth);
        }

        Write("}");
    }

    private void WriteBelow(TorchValue value, int depth)
    {
        if (depth < MaxDepth)
        {
            Write(value, depth + 1);
        }
        else
        {
            Write("…");
        }
    }

    private void Write(string text)
    {
        if (!IsFull)
        {
            _text.Append(text);
        }
    }

    /// <summary>As repr: in single quotes unless it has some and no double ones, control characters escaped.</summary>
    private static string Quoted(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                '\\' => result.Append("\\\\"),
                _ when c == quote => result.Append('\\').Append(c),
                _ when char.IsControl(c) => result.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => result.Append(c),
            };
        }

        return result.Append(quote).ToString();
    }

    private static string Part(double value) =>
        Real(value) is var text && text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;

    private static string Real(double value) => value switch
    {
        double.NaN => "nan",
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ when double.IsInteger(value) && Math.Abs(value) < 1e16 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
    };
}
