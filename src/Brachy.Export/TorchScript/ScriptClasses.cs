using System.Text;

namespace Brachy.IO.TorchScript;

/// <summary>The classes of objects: nodes of one kind and structure share one.</summary>
internal sealed class ScriptClasses
{
    private const string Package = "__torch__";
    private readonly Dictionary<string, string> _byText = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, StringBuilder> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<ScriptModule, (string Scope, string Name)> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>The classes of an object and all below it.</summary>
    /// <param name="root">The object.</param>
    /// <param name="forward">Writes its method for the name of its class.</param>
    public ScriptClasses(ScriptModule root, Func<string, string> forward)
    {
        _taken.Add(Qualified((Package, root.Name)));
        Add(root, own => forward(own));
    }

    /// <summary>Sources by the name of their file.</summary>
    public IEnumerable<(string File, string Source)> Files => _files.Select(file => (file.Key, file.Value.ToString()));

    /// <summary>The scope and the name of an object's class.</summary>
    public (string Scope, string Name) this[ScriptModule module] => _names[module];

    private string Add(ScriptModule module, Func<string, string>? forward = null)
    {
        var body = new StringBuilder();
        List(body, "__parameters__", module.Tensors.Where(tensor => tensor.IsParameter));
        List(body, "__buffers__", module.Tensors.Where(tensor => !tensor.IsParameter));
        body.Append("  training : bool\n");
        foreach (var (name, _, _) in module.Tensors)
        {
            Attribute(body, name, "Tensor");
        }

        foreach (var (name, child) in module.Children)
        {
            Attribute(body, name, Add(child));
        }

        var key = $"{module.Name}\n{body}";
        if (forward is null && _byText.TryGetValue(key, out var known))
        {
            _names.Add(module, Parts(known));
            return known;
        }

        var place = forward is null ? Free(module.Name) : (Package, module.Name);
        var qualified = Qualified(place);
        _byText.TryAdd(key, qualified);
        _names.Add(module, place);
        var file = $"code/{place.Item1.Replace('.', '/')}.py";
        if (!_files.TryGetValue(file, out var source))
        {
            _files.Add(file, source = new());
        }

        source.Append("class ").Append(place.Item2).Append("(Module):\n").Append(body).Append(forward?.Invoke(qualified));
        return qualified;
    }

    /// <summary>As PyTorch does, a further class of a name lies in a scope of its own.</summary>
    private (string Scope, string Name) Free(string name)
    {
        var place = (Package, name);
        for (var n = 0; !_taken.Add(Qualified(place)); n++)
        {
            place = (FormattableString.Invariant($"{Package}.___torch_mangle_{n}"), name);
        }

        return place;
    }

    private static void List(StringBuilder body, string name, IEnumerable<(string Name, Tensor Tensor, bool IsParameter)> tensors) =>
        body.Append($"  {name} = [{string.Concat(tensors.Select(tensor => $"\"{tensor.Name}\", "))}]\n");

    private static void Attribute(StringBuilder body, string name, string type) =>
        body.Append(ScriptModule.IsIdentifier(name) ? $"  {name} : {type}\n" : $"  __annotations__[\"{name}\"] = {type}\n");

    private static string Qualified((string Scope, string Name) place) => $"{place.Scope}.{place.Name}";

    private static (string Scope, string Name) Parts(string qualified)
    {
        var dot = qualified.LastIndexOf('.');
        return (qualified[..dot], qualified[(dot + 1)..]);
    }
}
