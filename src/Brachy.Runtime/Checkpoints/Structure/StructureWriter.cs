using System.Text.Json;
using Brachy.Trees;

namespace Brachy.IO;

/// <summary>
/// Writes the structure of trees as JSON, and gathers their tensors. A tensor is written as its name in the file, so that one that
/// stands at several places, whose name is that of the first, is one when it is read.
/// </summary>
/// <param name="leaveOut">Whether values that no file can hold are left out, for a template to supply.</param>
/// <param name="uses">Keeps the tensors readable until the file is complete.</param>
internal sealed class StructureWriter(bool leaveOut, BufferUses uses)
{
    // As deep as a reader goes; a tree that holds itself is deeper.
    public const int MaxDepth = NestingDepth.Max;

    // Each makes a longer name of the function.
    public const int MaxWrappers = 100;

    private readonly OrderedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private Dictionary<Tensor, string> _names = new(ReferenceEqualityComparer.Instance);

    /// <summary>The tensors by their names in the file.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>Writes an entry's tree. Tensors are shared within a tree, not between two.</summary>
    public void Tree(Utf8JsonWriter writer, string entry, StructureTree tree)
    {
        _names = new(ReferenceEqualityComparer.Instance);
        Node(writer, entry, tree, 0);
    }

    /// <summary>The name in the file of a tensor of its own.</summary>
    public string Add(string path, Tensor tensor)
    {
        uses.Add(tensor);
        var name = path;
        for (var i = 2; !_tensors.TryAdd(name, tensor); i++)
        {
            name = $"{path}#{i}";
        }

        return name;
    }

    private void Node(Utf8JsonWriter writer, string path, StructureTree node, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException(TreeDepth.Endless(path).Message);
        }

        if (node.Params.Keys.Concat(node.Buffers.Keys).Concat(node.Submodules.Keys).CountBy(key => key)
            .FirstOrDefault(c => c.Value > 1).Key is { } twice)
        {
            throw new ArgumentException(
                $"'{path}.{twice}' stands for two things: a param, a buffer or a submodule. Rename one, or remove it.");
        }

        writer.WriteStartObject();
        if (node.ApplyFn is { } function)
        {
            writer.WritePropertyName("apply");
            Function(writer, path, function);
        }

        if (node.Aux.Count > 0)
        {
            writer.WriteStartObject("aux");
            foreach (var (key, value) in node.Aux)
            {
                Key(writer, key, path);
                Static(writer, $"the static value '{key}' of '{path}'", value);
            }

            writer.WriteEndObject();
        }

        Values(writer, "params", path, node.Params, depth);
        Values(writer, "buffers", path, node.Buffers, depth);
        if (node.Submodules.Count > 0)
        {
            writer.WriteStartObject("submodules");
            foreach (var (key, child) in node.Submodules)
            {
                Key(writer, key, path);
                Node(
                    writer, $"{path}.{key}", child
                        ?? throw new ArgumentException($"The submodule '{path}.{key}' is null; remove its key."), depth + 1);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>The name, and the wrappers from the inside out.</summary>
    private void Function(Utf8JsonWriter writer, string path, ApplyFn function)
    {
        var wrappers = new Stack<(string Label, IApplyWrapper Wrapper)>();
        while (function.Wrapped is { } inner)
        {
            wrappers.Push((function.Label!, function.Wrapper!));
            function = inner;
        }

        if (wrappers.Count > MaxWrappers)
        {
            throw new ArgumentException($"The function of '{path}' is wrapped {wrappers.Count} times; a file holds at most {MaxWrappers}.");
        }

        writer.WriteStartObject();
        writer.WriteString("name", StrictText.Require(function.Name, $"The name of the function of '{path}'"));
        if (wrappers.Count > 0)
        {
            writer.WriteStartArray("wrappers");
            foreach (var (label, wrapper) in wrappers)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(StrictText.Require(label, $"The label of a wrapper of '{path}'"));
                Static(writer, $"the wrapper [{label}] of '{path}'", wrapper);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes a static value; <paramref name="what"/> says which, for messages.</summary>
    public void Static(Utf8JsonWriter writer, string what, object? value)
    {
        try
        {
            AuxCodec.RequireWritable(value);
            AuxCodec.Write(writer, value);
        }
        catch (NotSupportedException error) when (leaveOut)
        {
            AuxCodec.WriteLeftOut(writer, $"{what}: {error.Message}");
        }
        catch (NotSupportedException error)
        {
            throw new ArgumentException(
                $"Cannot save {what}: {error.Message}. Or save with leaveOut: true, and load into a tree that has it.", error);
        }
    }

    private static void Key(Utf8JsonWriter writer, string key, string path) =>
        writer.WritePropertyName(StrictText.Require(key, $"The key in '{path}'"));

    private void Values(Utf8JsonWriter writer, string part, string path, TreeDictionary<TreeValue> values, int depth)
    {
        if (values.Count > 0)
        {
            writer.WritePropertyName(part);
            Dictionary(writer, path, values, depth);
        }
    }

    private void Dictionary(Utf8JsonWriter writer, string path, TreeDictionary<TreeValue> values, int depth)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in values)
        {
            Key(writer, key, path);
            Value(writer, $"{path}.{key}", value, depth + 1);
        }

        writer.WriteEndObject();
    }

    private void Value(Utf8JsonWriter writer, string path, TreeValue value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException(TreeDepth.Endless(path).Message);
        }

        switch (value.Value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case Tensor tensor:
                writer.WriteStringValue(NameOf(path, tensor));
                break;
            case TreeValue[] list:
                writer.WriteStartArray();
                for (var i = 0; i < list.Length; i++)
                {
                    Value(writer, FormattableString.Invariant($"{path}.{i}"), list[i], depth + 1);
                }

                writer.WriteEndArray();
                break;
            case StructureTree tree:
                writer.WriteStartObject();
                writer.WritePropertyName("tree");
                Node(writer, path, tree, depth + 1);
                writer.WriteEndObject();
                break;
            case TreeDictionary<TreeValue> dictionary:
                writer.WriteStartObject();
                writer.WritePropertyName("dictionary");
                Dictionary(writer, path, dictionary, depth);
                writer.WriteEndObject();
                break;
            default:
                throw new InvalidOperationException($"A tree holds {Article.With(TypeText.OfValue(value.Value))} at '{path}'.");
        }
    }

    private string NameOf(string path, Tensor tensor)
    {
        if (!_names.TryGetValue(tensor, out var name))
        {
            name = Add(path, tensor);
            _names.Add(tensor, name);
        }

        return name;
    }
}
