using System.Text;

namespace Brachy.Generators;

/// <summary>
/// Names as in PyTorch: <c>LayerNorm1</c> is <c>layer_norm1</c>, <c>QKVProj</c> is <c>qkv_proj</c>, <c>Conv2D</c> is <c>conv2d</c>.
/// </summary>
internal static class SnakeCase
{
    public static string Of(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && StartsWord(name, i))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private static bool StartsWord(string name, int i)
    {
        var previous = name[i - 1];
        var beforeLower = i + 1 < name.Length && char.IsLower(name[i + 1]);
        return char.IsLower(previous) || (beforeLower && (char.IsUpper(previous) || char.IsDigit(previous)));
    }
}
