using System.Text.Json;

namespace Brachy;

/// <summary>Builds trees from what <see cref="StructureWriter"/> wrote. Functions are looked up by name; nothing is run.</summary>
/// <param name="tensors">The tensors of the file.</param>
/// <param name="functions">Functions that the caller supplies, by name or by the node's path; null to leave functions and static values out.</param>
internal sealed class StructureReader(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, ApplyFn>? functions)
{
    private readonly List<string> _problems = [];

    /// <summary>A tree, or what it lacks.</summary>
    /// <exception cref="FormatException">The JSON is of another kind; or functions or static values are not known: the message lists them.</exception>
    public StructureTree Tree(JsonElement element)
    {
        var tree = Node(element, "");
        return _problems.Count == 0 ? tree : throw new FormatException(string.Join("; ", _problems.Distinct()));
    }

    /// <summary>The tensors of a tree by their paths, whatever its functions and static values are.</summary>
    /// <exception cref="FormatException">The JSON is of another kind.</exception>
    public static List<KeyValuePair<string, Tensor>> State(JsonElement tree, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var reader = new StructureReader(tensors, functions: null);
        return [.. reader.Node(tree, "").Tensors().Select(t => KeyValuePair.Create(t.Path, t.Tensor))];
    }

    private Tensor Tensor(JsonElement element)
    {
        var name = element.GetString() ?? throw new FormatException("a tensor has no name");
        return tensors.TryGetValue(name, out var tensor) ? tensor : throw new FormatException($"the tensor '{name}' is not in the file");
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private StructureTree Node(JsonElement element, string path)
    {
        var node = new StructureTree();
        foreach (var property in element.EnumerateObject())
        {
            switch (property.Name)
            {
                case "apply" or "aux" when functions is null:
                    break;
                case "apply":
                    node.ApplyFn = Function(property.Value, path);
                    break;
                case "aux":
                    foreach (var aux in property.Value.EnumerateObject())
                    {
                        node.Aux.Add(aux.Name, Static(aux.Value, $"'{aux.Name}' of '{path}'"));
                    }

                    break;
                case "params":
                    node.Params = Dictionary(property.Value, path);
                    break;
                case "buffers":
                    node.Buffers = Dictionary(property.Value, path);
                    break;
                case "submodules":
                    foreach (var child in property.Value.EnumerateObject())
                    {
                        node.Submodules.Add(child.Name, Node(child.Value, Join(path, child.Name)));
                    }

                    break;
                default:
                    throw new FormatException($"a node has '{property.Name}', which is no part of one");
            }
        }

        return node;
    }

    private ApplyFn? Function(JsonElement element, string path)
    {
        var name = element.GetProperty("name").GetString() ?? "";
        if ((functions!.GetValueOrDefault(path) ?? functions!.GetValueOrDefault(name) ?? ModuleRegistry.Find(name)) is not { } function)
        {
            _problems.Add($"no function '{name}' is known for '{path}': load the assembly of that module first, pass it in functions, or load into a tree that has it");
            return null;
        }

        if (element.TryGetProperty("wrappers", out var wrappers))
        {
            foreach (var wrapper in wrappers.EnumerateArray())
            {
                var value = Static(wrapper[1], $"the wrapper around '{name}' at '{path}'");
                if (value is IApplyWrapper around)
                {
                    function = function.Wrap(wrapper[0].GetString() ?? "", around);
                }
                else if (value is not null)
                {
                    throw new FormatException($"'{path}' is wrapped in {value}, which is no wrapper");
                }
            }
        }

        return function;
    }

    private object? Static(JsonElement element, string what)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(AuxCodec.LeftOut, out var why))
        {
            _problems.Add($"{what} was left out when it was saved ({why.GetString()}): load into a tree that has it");
            return null;
        }

        return AuxCodec.Read(element);
    }

    private TreeDictionary<TreeValue> Dictionary(JsonElement element, string path)
    {
        var values = new TreeDictionary<TreeValue>();
        foreach (var property in element.EnumerateObject())
        {
            values.Add(property.Name, Value(property.Value, Join(path, property.Name)));
        }

        return values;
    }

    private TreeValue Value(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return TreeValue.None;
            case JsonValueKind.String:
                return Tensor(element);
            case JsonValueKind.Array:
                return element.EnumerateArray().Select((item, i) => Value(item, FormattableString.Invariant($"{path}.{i}"))).ToArray();
            case JsonValueKind.Object when element.EnumerateObject().ToArray() is [var only]:
                return only.Name switch
                {
                    "tree" => Node(only.Value, path),
                    "dictionary" => Dictionary(only.Value, path),
                    _ => throw new FormatException($"'{path}' holds a '{only.Name}', which is no tensor, tree, list or dictionary"),
                };
            default:
                throw new FormatException($"'{path}' holds {element.ValueKind}, which is no tensor, tree, list or dictionary");
        }
    }
}
