using Brachy.Trees;

namespace Brachy.IO.TorchScript;

/// <summary>A node of a tree as an object of TorchScript: tensors and objects below it, by name.</summary>
internal sealed class ScriptModule
{
    private ScriptModule(string name, string path) => (Name, Path) = (name, path);

    /// <summary>What the class is called, if no other class has that name.</summary>
    public string Name { get; }

    /// <summary>The path of the node.</summary>
    public string Path { get; }

    /// <summary>Params, then buffers.</summary>
    public List<(string Name, Tensor Tensor, bool IsParameter)> Tensors { get; } = [];

    /// <summary>The nodes below.</summary>
    public List<(string Name, ScriptModule Module)> Children { get; } = [];

    /// <summary>
    /// The object of a tree, without its random keys. Tensors in lists and trees inside of params are those of nodes below.
    /// </summary>
    /// <param name="tree">The tree, or null for a function without one.</param>
    /// <param name="name">The name of a class for nodes that compute nothing.</param>
    public static ScriptModule Of(StructureTree? tree, string name)
    {
        var root = new ScriptModule(NameOf(tree, name), "");
        if (tree is null)
        {
            return root;
        }

        var keys = RandomKeys.Paths(tree);
        var nodes = tree.Nodes().ToDictionary(node => node.Path, node => node.Node);
        var modules = new Dictionary<string, ScriptModule> { [""] = root };
        foreach (var (path, tensor) in tree.Tensors())
        {
            if (!keys.Contains(path))
            {
                var (parent, key) = Split(path);
                ModuleAt(parent).Tensors.Add((AttributeOf(key), tensor, IsParam(nodes, path) && tensor.dtype.IsFloatingPoint()));
            }
        }

        return root;

        ScriptModule ModuleAt(string path)
        {
            if (!modules.TryGetValue(path, out var module))
            {
                var (parent, key) = Split(path);
                modules.Add(path, module = new(NameOf(nodes.GetValueOrDefault(path), "Values"), path));
                ModuleAt(parent).Children.Add((AttributeOf(key), module));
            }

            return module;
        }
    }

    /// <summary>Whether the node that holds a tensor, perhaps in a list, has it among its params.</summary>
    private static bool IsParam(Dictionary<string, StructureTree> nodes, string path)
    {
        var (owner, key) = Split(path);
        while (!nodes.ContainsKey(owner))
        {
            (owner, key) = Split(owner);
        }

        return nodes[owner].Params.ContainsKey(key);
    }

    /// <summary>How code below the root says what lies at a path.</summary>
    public static string Access(string path)
    {
        var expression = "self";
        foreach (var key in path.Split('.').Select(AttributeOf))
        {
            expression = IsIdentifier(key) ? $"{expression}.{key}" : $"getattr({expression}, \"{key}\")";
        }

        return expression;
    }

    /// <summary>
    /// What an attribute is called: words of Python have an underscore behind them, since PyTorch writes them into code that it cannot
    /// read. So have these words with underscores, so that no two become one.
    /// </summary>
    public static string AttributeOf(string key) =>
        Array.BinarySearch(s_words, key.TrimEnd('_'), StringComparer.Ordinal) >= 0 ? $"{key}_" : key;

    /// <summary>Whether a name can stand in code.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && Array.BinarySearch(s_words, name, StringComparer.Ordinal) < 0 && !s_names.Contains(name);

    private static readonly string[] s_words =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield",
    ];

    // Names that TorchScript gives a meaning to.
    private static readonly string[] s_names = ["inf", "infj", "nan", "nanj", "newprop", "print", "self", "torch", "uninitialized"];

    private static string NameOf(StructureTree? node, string otherwise)
    {
        // Without namespace, type arguments and labels of wrappers.
        var name = (node?.ApplyFn?.Name ?? "").Split('[', '<', '`')[0].Split('.', '+')[^1];
        return IsIdentifier(name) ? name : otherwise;
    }

    private static (string Parent, string Key) Split(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot < 0 ? ("", path) : (path[..dot], path[(dot + 1)..]);
    }
}
