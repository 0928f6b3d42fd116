using System.Globalization;

namespace Brachy.Trees;

/// <summary>Numbers of elements and bytes as people read them.</summary>
internal static class SizeText
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>For example <c>1,234,567</c>.</summary>
    public static string Count(long count) => count.ToString("n0", CultureInfo.InvariantCulture);

    /// <summary>For example <c>512 B</c> or <c>1.5 MiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        while (size >= 1024 && unit < s_units.Length - 1)
        {
            (size, unit) = (size / 1024, unit + 1);
        }

        return size.ToString("0.#", CultureInfo.InvariantCulture) + " " + s_units[unit];
    }

    /// <summary>For example <c>6 elements, 24 B</c>.</summary>
    public static string Elements(long count, long bytes) => $"{Count(count)} element{(count == 1 ? "" : "s")}, {Bytes(bytes)}";
}
