using System.Text.Json;
using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.IO;

/// <summary>Builds trees from what <see cref="StructureWriter"/> wrote. Functions are looked up by name; nothing is run.</summary>
/// <param name="tensors">The tensors of the file.</param>
/// <param name="functions">
/// Functions that the caller supplies, by name or by the node's path; null to leave functions and static values out.
/// </param>
internal sealed class StructureReader(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, ApplyFn>? functions)
{
    // Nested long keys would make paths far longer than the file is. A model of a million tensors has less.
    private const long MaxPathLength = 1L << 27;

    private readonly List<string> _problems = [];
    private long _pathLength;

    /// <summary>A tree, or what it lacks.</summary>
    /// <exception cref="FormatException">
    /// The JSON is of another kind; or functions or static values are not known: the message lists them.
    /// </exception>
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

    /// <summary>The tensor that JSON names.</summary>
    /// <param name="element">The name.</param>
    /// <param name="tensors">The tensors of the file.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="FormatException">It is no name, or that of no tensor.</exception>
    public static Tensor Tensor(JsonElement element, IReadOnlyDictionary<string, Tensor> tensors, string place)
    {
        var name = JsonParts.Text(element, $"the name of the tensor at {place}");
        return tensors.TryGetValue(name, out var tensor)
            ? tensor
            : throw new FormatException($"the tensor '{name}' of {place} is not in the file");
    }

    private static string Place(string path) => path.Length == 0 ? "the root" : $"'{path}'";

    private string Join(string path, string key)
    {
        var joined = TreePath.Join(path, key);
        return (_pathLength += joined.Length) <= MaxPathLength
            ? joined
            : throw new FormatException("its keys are nested so that their paths are longer than any model's");
    }

    private StructureTree Node(JsonElement element, string path)
    {
        JsonParts.RequireStack();
        var place = path.Length == 0 ? "the root" : $"the node '{path}'";
        var node = new StructureTree();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (part, value) in JsonParts.Members(element, place))
        {
            switch (part)
            {
                case "apply" or "aux" when functions is null:
                    break;
                case "apply":
                    node.ApplyFn = Function(value, path);
                    break;
                case "aux":
                    node.Aux = Dictionary(
                        value, $"the static values of {place}", null, (key, aux) => Static(aux, $"the static value '{key}' of {place}"));
                    break;
                case "params":
                    node.Params = Dictionary(value, $"the params of {place}", taken, (key, param) => Value(param, Join(path, key)));
                    break;
                case "buffers":
                    node.Buffers = Dictionary(value, $"the buffers of {place}", taken, (key, buffer) => Value(buffer, Join(path, key)));
                    break;
                case "submodules":
                    node.Submodules = Dictionary(value, $"the submodules of {place}", taken, (key, child) => Node(child, Join(path, key)));
                    break;
                default:
                    throw new FormatException($"{place} has '{part}', which is no part of one");
            }
        }

        return node;
    }

    /// <param name="element">An object.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="taken">The keys of the node that are used already, which are parts of paths; null for keys of another kind.</param>
    /// <param name="read">From key and JSON to the value.</param>
    private static TreeDictionary<T> Dictionary<T>(
        JsonElement element, string what, HashSet<string>? taken, Func<string, JsonElement, T> read)
    {
        var members = JsonParts.Members(element, what);
        foreach (var (key, _) in members)
        {
            if (taken is not null && !TreeKey.IsLegal(key))
            {
                throw new FormatException($"{what} have the key '{key}', but keys are not empty and have no '.'");
            }

            if (taken?.Add(key) == false)
            {
                throw new FormatException($"{what} have the key '{key}', which stands for something else in that node already");
            }
        }

        return new TreeDictionary<T>(KeySet.Of([.. members.Select(m => m.Name)]), [.. members.Select(m => read(m.Name, m.Value))]);
    }

    private ApplyFn? Function(JsonElement element, string path)
    {
        var what = $"the function of {Place(path)}";
        var members = JsonParts.Members(element, what).ToDictionary(m => m.Name, m => m.Value);
        var name = members.Remove("name", out var text)
            ? JsonParts.Text(text, $"the name of {what}")
            : throw new FormatException($"{what} has no name");
        var wrappers = members.Remove("wrappers", out var list) ? JsonParts.Items(list, $"what is around {what}") : [];
        if (members.Count > 0 || wrappers.Length > StructureWriter.MaxWrappers)
        {
            throw new FormatException(members.Count > 0
                ? $"{what} has '{members.Keys.First()}', which is no part of one"
                : $"{what} is wrapped {wrappers.Length} times; at most {StructureWriter.MaxWrappers} are read");
        }

        if ((functions!.GetValueOrDefault(path) ?? functions!.GetValueOrDefault(name) ?? ModuleRegistry.Find(name)) is not { } function)
        {
            _problems.Add($"no function '{name}' is known for '{path}': load the assembly of that module first, pass it in functions, or "
                + "load into a tree that has it");
            return null;
        }

        return wrappers.Aggregate(function, (inner, wrapper) => Wrapped(inner, wrapper, $"a wrapper around '{name}' at {Place(path)}"));
    }

    private ApplyFn Wrapped(ApplyFn function, JsonElement wrapper, string what)
    {
        if (JsonParts.Items(wrapper, what) is not [var first, var second])
        {
            throw new FormatException($"{what} is not a label and a value");
        }

        var label = JsonParts.Text(first, $"the label of {what}");
        var problems = _problems.Count;
        var value = Static(second, what);
        if (label.Length > 0 && value is IApplyWrapper around)
        {
            return function.Wrap(label, around);
        }

        return _problems.Count > problems ? function : throw new FormatException(
            label.Length == 0 ? $"{what} has an empty label" : $"{what} is {value ?? "null"}, which is no wrapper");
    }

    private object? Static(JsonElement element, string what)
    {
        try
        {
            if (AuxCodec.WhyLeftOut(element) is not { } why)
            {
                return AuxCodec.Read(element);
            }

            _problems.Add($"{what} was left out when it was saved ({why}): load into a tree that has it");
            return null;
        }
        catch (FormatException error)
        {
            throw new FormatException($"{what}: {error.Message}", error);
        }
    }

    private TreeValue Value(JsonElement element, string path)
    {
        JsonParts.RequireStack();
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return TreeValue.None;
            case JsonValueKind.String:
                return Tensor(element, tensors, Place(path));
            case JsonValueKind.Array:
                return element.EnumerateArray().Select((item, i) => Value(item, Join(path, TreeKey.Of(i)))).ToArray();
            case JsonValueKind.Object when JsonParts.Members(element, Place(path)) is [var (kind, content)]:
                return kind switch
                {
                    "tree" => Node(content, path),
                    "dictionary" => Dictionary(content, $"the dictionary '{path}'", null, (key, item) => Value(item, Join(path, key))),
                    _ => throw new FormatException($"'{path}' holds a '{kind}', which is no tensor, tree, list or dictionary"),
                };
            default:
                throw new FormatException($"'{path}' holds {element.ValueKind}, which is no tensor, tree, list or dictionary");
        }
    }
}
