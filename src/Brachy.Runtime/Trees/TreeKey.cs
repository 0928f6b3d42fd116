using System.Globalization;

namespace Brachy.Trees;

/// <summary>Names of params, buffers and submodules, which paths join by '.'.</summary>
internal static class TreeKey
{
    /// <summary>Whether paths through this key have one meaning.</summary>
    public static bool IsLegal(string key) => key.Length > 0 && !key.Contains('.', StringComparison.Ordinal);

    /// <exception cref="ArgumentException">The key is empty or has a '.'.</exception>
    public static void Require(string key)
    {
        if (!IsLegal(key))
        {
            throw new ArgumentException(
                $"'{key}' cannot be the key of a param, buffer or submodule: keys are not empty and have no '.', which separates them in "
                + "paths. " +
                "Write 'a_b', or put the value into a submodule or dictionary.", nameof(key));
        }
    }

    /// <summary>The key for a number, the same in all cultures.</summary>
    public static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);
}
