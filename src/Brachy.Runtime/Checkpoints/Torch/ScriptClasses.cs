namespace Brachy.IO;

/// <summary>
/// What the code of a TorchScript archive says of its classes: which attributes of a module are params and buffers. Of the code no more
/// than those lists is looked at.
/// </summary>
internal sealed class ScriptClasses(TorchArchive archive)
{
    private const string Root = "__torch__.";
    private const int MaxCode = 1 << 24;
    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> _files = new(StringComparer.Ordinal);

    /// <summary>Whether an object is one of TorchScript.</summary>
    public static bool IsScript(TorchObject item) =>
        !item.IsName && item.Maker is null && item.Name.StartsWith(Root, StringComparison.Ordinal);

    /// <summary>Tells all objects of a program, wherever they are, what their classes say.</summary>
    public void Describe(TorchValue program)
    {
        var seen = new HashSet<TorchValue> { program };
        var open = new Stack<TorchValue>([program]);
        while (open.TryPop(out var value))
        {
            if (value.Value is not TorchObject item || !IsScript(item))
            {
                continue;
            }

            item.TensorNames = Names(item.Name);
            foreach (var (_, child) in item.Attributes?.Pairs ?? [])
            {
                if (seen.Add(child))
                {
                    open.Push(child);
                }
            }
        }
    }

    private HashSet<string>? Names(string type)
    {
        var dot = type.LastIndexOf('.');
        var path = $"code/{type[..dot].Replace('.', '/')}.py";
        if (!_files.TryGetValue(path, out var classes))
        {
            _files.Add(path, classes = Parse(archive.ReadText(path, MaxCode) ?? ""));
        }

        return classes.GetValueOrDefault(type[(dot + 1)..]);
    }

    /// <summary>
    /// The lists of names in a file such as <c>class Linear(Module): __parameters__ = ["weight", "bias", ]</c>, by class.
    /// </summary>
    private static Dictionary<string, HashSet<string>> Parse(string code)
    {
        var classes = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        HashSet<string>? names = null;
        foreach (var line in code.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("class ", StringComparison.Ordinal)
                && line.IndexOf("(Module):", StringComparison.Ordinal) is var end and > 0)
            {
                classes[line[6..end].ToString()] = names = new(StringComparer.Ordinal);
            }
            else if (line.StartsWith("class ", StringComparison.Ordinal))
            {
                names = null;
            }
            else if (line.StartsWith("  __parameters__ = [", StringComparison.Ordinal)
                || line.StartsWith("  __buffers__ = [", StringComparison.Ordinal))
            {
                names?.UnionWith(line.ToString().Split('"').Where((_, i) => i % 2 == 1));
            }
        }

        return classes;
    }
}
