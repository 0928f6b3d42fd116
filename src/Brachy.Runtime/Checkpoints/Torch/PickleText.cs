using System.Globalization;
using System.Numerics;
using System.Text;

namespace Brachy.IO;

/// <summary>Numbers and texts as pickles spell them.</summary>
internal static class PickleText
{
    // Decimal digits are read in quadratic time.
    private const int MaxDigits = 10_000;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Text in UTF-8; halves of surrogate pairs, which Python keeps for file names that are not UTF-8, are kept.</summary>
    /// <exception cref="PickleException">It is something else.</exception>
    public static string Unicode(ReadOnlySpan<byte> bytes) =>
        Strict(bytes) ?? WithSurrogates(bytes) ?? throw Damaged("has text that is not UTF-8");

    /// <summary>A string of Python 2, which is text or bytes.</summary>
    public static object OldText(ReadOnlySpan<byte> bytes) => (object?)Strict(bytes) ?? bytes.ToArray();

    /// <summary>A string as Python 2 prints it: in quotes, with escapes.</summary>
    /// <exception cref="PickleException">It is not in quotes.</exception>
    public static object Quoted(ReadOnlySpan<byte> line)
    {
        line = line.Trim((byte)' ');
        if (line.Length < 2 || line[0] != line[^1] || (line[0] != '\'' && line[0] != '"'))
        {
            throw Damaged("has a string without quotes");
        }

        var result = new List<byte>(line.Length);
        for (line = line[1..^1]; line.Length > 0;)
        {
            var (value, length) = line[0] == '\\' && line.Length > 1 ? Escape(line) : (line[0], 1);
            result.Add(value);
            line = line[length..];
        }

        return OldText(result.ToArray());
    }

    /// <summary>Text in Latin 1 with <c>\uXXXX</c> for other characters.</summary>
    public static string Escaped(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder(line.Length);
        while (line.Length > 0)
        {
            var digits = line.StartsWith("\\u"u8) ? 4 : line.StartsWith("\\U"u8) ? 8 : 0;
            if (digits > 0 && line.Length >= digits + 2
                && uint.TryParse(line.Slice(2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                && code <= 0x10ffff)
            {
                text.Append(code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
                line = line[(digits + 2)..];
            }
            else
            {
                text.Append((char)line[0]);
                line = line[1..];
            }
        }

        return text.ToString();
    }

    /// <summary>A whole number: long, or longer; the texts 00 and 01 are truth values.</summary>
    /// <exception cref="PickleException">It is none.</exception>
    public static object Integer(ReadOnlySpan<byte> bytes, bool isBinary = false)
    {
        if (isBinary)
        {
            return Shortest(new BigInteger(bytes));
        }

        var text = bytes.TrimEnd((byte)'L');
        return bytes.SequenceEqual("00"u8) ? false
            : bytes.SequenceEqual("01"u8) ? true
            : text.Length <= MaxDigits && BigInteger.TryParse(
                Encoding.Latin1.GetString(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? Shortest(value)
                : throw Damaged("has a whole number that is none, or too long");
    }

    /// <exception cref="PickleException">It is none.</exception>
    public static double Real(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line) switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        _ => throw Damaged("has a number that is none"),
    };

    /// <summary>The number of a memorised value.</summary>
    /// <exception cref="PickleException">It is none.</exception>
    public static uint Index(ReadOnlySpan<byte> line) => uint.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        ? index
        : throw Damaged("has something else than the number of a memorised value");

    /// <summary>A long where the number fits.</summary>
    public static object Shortest(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    private static string? Strict(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Text in which three bytes may also spell half of a surrogate pair; null for anything else.</summary>
    private static string? WithSurrogates(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            if (bytes is [0xed, >= 0xa0 and <= 0xbf, >= 0x80 and <= 0xbf, ..])
            {
                text.Append((char)(0xd000 | ((bytes[1] & 0x3f) << 6) | (bytes[2] & 0x3f)));
                bytes = bytes[3..];
            }
            else if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
                bytes = bytes[length..];
            }
            else
            {
                return null;
            }
        }

        return text.ToString();
    }

    private static (byte Value, int Length) Escape(ReadOnlySpan<byte> text) => text[1] switch
    {
        (byte)'n' => ((byte)'\n', 2),
        (byte)'t' => ((byte)'\t', 2),
        (byte)'r' => ((byte)'\r', 2),
        (byte)'x' when text.Length >= 4
            && byte.TryParse(text.Slice(2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) => (value, 4),
        (byte)'\\' or (byte)'\'' or (byte)'"' => (text[1], 2),
        _ => (text[0], 1),
    };

    private static PickleException Damaged(string problem) => new(problem, isRefusal: false);
}
