using System.Buffers;
using System.Text;
using System.Text.Json;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.IO;

/// <summary>
/// A state of a training, or a model, in one file: trees with their structure, static values and settings, random keys, tensors and plain
/// values, each under a name. The file is a <c>.safetensors</c> file that other tools read: a tensor's name is that of its entry and its
/// path, and the rest is JSON in the metadata. Loading runs nothing: what nodes compute is found by the names of registered modules
/// (see <see cref="ModuleRegistry"/>), or supplied by the caller.
/// </summary>
/// <example>
/// <code>
/// Checkpoint.Save(path, ("model", (model, config)), ("opt", (opt, optConfig)), ("key", key), ("step", 100));
///
/// var checkpoint = Checkpoint.Load(path);
/// var (model, config) = checkpoint.Tree("model");
/// var (opt, optConfig) = checkpoint.Tree("opt");
/// var step = checkpoint.Value&lt;long&gt;("step");
/// </code>
/// </example>
public sealed class Checkpoint
{
    internal const string StructureKey = "brachy";
    internal const string CostsKey = "brachy.costs";

    private const int Version = 1;

    private readonly string _file;
    private readonly OrderedDictionary<string, Tensor> _tensors;
    private readonly OrderedDictionary<string, Dictionary<string, JsonElement>> _entries;

    private Checkpoint(
        string file, OrderedDictionary<string, Tensor> tensors, OrderedDictionary<string, Dictionary<string, JsonElement>> entries,
        MachineCosts costs)
    {
        (_file, _tensors, _entries, Costs) = (file, tensors, entries, costs);
    }

    /// <summary>The names of the entries, in the order in which they were saved.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Keys];

    /// <summary>Every tensor by its name in the file.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>
    /// The costs by which the process that saved this chose layouts, algorithms and backends; the fixed ones if it compiled nothing.
    /// </summary>
    public MachineCosts Costs { get; }

    /// <summary>
    /// Why a training that goes on from here may give other bits than one that was not stopped: this process compiles by other costs. Null
    /// where it compiles by the same. <c>MachineCosts.Use(checkpoint.Costs)</c>, before the first function is compiled, makes it choose
    /// alike.
    /// </summary>
    /// <remarks>
    /// Asking for it chooses the costs of this process, see <see cref="MachineCosts.Current"/>; of several ranks it chooses none: they
    /// compile by those of rank 0, which can tell.
    /// </remarks>
    public string? BitsNotice => MachineCosts.Expected is var current && current.Equals(Costs) ? null
        : $"{_file} was saved by a process that compiled by costs {NameOf(Costs)}; this one compiles by costs {NameOf(current)}, and may "
        + "give results with other last bits. "
        + $"{nameof(MachineCosts)}.{nameof(MachineCosts.Use)}(checkpoint.{nameof(Costs)}) makes it choose alike.";

    /// <summary>Writes entries to a file, which is replaced only when the new one is complete and on the disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="entries">Names and what to save under them: trees with configs, keys, tensors, numbers, texts.</param>
    /// <exception cref="ArgumentException">
    /// A name comes twice or is empty; or a static value cannot be written, such as a function: see the overload that leaves it out.
    /// </exception>
    /// <exception cref="ConcretizationException">A tensor is traced.</exception>
    /// <exception cref="DonatedTensorException">A tensor was given away.</exception>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void Save(string path, params ReadOnlySpan<(string Name, CheckpointEntry Entry)> entries) =>
        Save(path, leaveOut: false, entries);

    /// <summary>As the other overload.</summary>
    /// <inheritdoc cref="Save(string, ReadOnlySpan{ValueTuple{string, CheckpointEntry}})"/>
    /// <param name="path">The file.</param>
    /// <param name="leaveOut">
    /// Whether static values and wrappers that no file can hold, such as functions, are left out. Such a tree is loaded into one that
    /// has them: see <see cref="Into"/>.
    /// </param>
    /// <param name="entries">Names and what to save under them.</param>
    public static void Save(string path, bool leaveOut, params ReadOnlySpan<(string Name, CheckpointEntry Entry)> entries)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var uses = new BufferUses();
        var structure = new StructureWriter(leaveOut, uses);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = 1000 }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteStartObject("entries");
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (name, entry) in entries)
            {
                ArgumentException.ThrowIfNullOrEmpty(name, nameof(entries));
                ArgumentNullException.ThrowIfNull(entry, name);
                if (!names.Add(name))
                {
                    throw new ArgumentException($"There are two entries of the name '{name}'.", nameof(entries));
                }

                writer.WritePropertyName(StrictText.Require(name, "The name of the entry"));
                Write(writer, structure, name, entry);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        var json = Encoding.UTF8.GetString(buffer.WrittenSpan);

        // PyTorch's tools ask for this format by name: tensors as PyTorch lays them out.
        SafeTensors.Save(
            path, structure.Tensors,
            [
                KeyValuePair.Create("format", "pt"), KeyValuePair.Create(StructureKey, json),
                .. MachineCosts.Chosen is { } costs && !costs.Equals(MachineCosts.Fixed)
                    ? [KeyValuePair.Create(CostsKey, CostFile.Write(costs))] : Array.Empty<KeyValuePair<string, string>>(),
            ]);
    }

    /// <summary>Reads a file. The trees are built when they are asked for.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, of another kind, or of a newer version.</exception>
    public static Checkpoint Load(string path)
    {
        using var file = CheckpointFile.Open(path);
        var header = SafeTensorsHeader.Read(file);
        if (!header.Metadata.TryGetValue(StructureKey, out var json))
        {
            throw file.Refused(
                "is a plain safetensors file without a structure",
                "Read it with SafeTensors.Load, and put it into a tree with Import.FromStateDict.");
        }

        var entries = Read(path, () => ReadEntries(json, file));
        var costs = header.Metadata.TryGetValue(CostsKey, out var text)
            ? Read(path, () => CostFile.Parse(text, mayLack: true)) : MachineCosts.Fixed;
        return new Checkpoint(path, SafeTensors.Load(file, header, names: null), entries, costs);
    }

    /// <summary>A tree with its settings, built anew: each call gives a structure of its own, over the same tensors.</summary>
    /// <param name="name">The entry.</param>
    /// <param name="functions">Functions for nodes whose module is not registered, by the function's name or by the node's path.</param>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    /// <exception cref="CheckpointException">
    /// The entry is no tree; or functions or static values are not known: the message lists them.
    /// </exception>
    public (StructureTree Tree, GlobalConfig Config) Tree(string name, IReadOnlyDictionary<string, ApplyFn>? functions = null)
    {
        var entry = Entry(name, "tree");
        return Read(_file, () =>
        {
            var reader = new StructureReader(_tensors, functions ?? new Dictionary<string, ApplyFn>());
            return (
                reader.Tree(entry["tree"]),
                AuxCodec.Read(entry["config"]) as GlobalConfig ?? throw new FormatException($"'{name}' has no config"));
        });
    }

    /// <summary>
    /// The tensors of a saved tree put into another tree by their paths; that tree's structure, static values and functions stay.
    /// </summary>
    /// <param name="name">The entry.</param>
    /// <param name="tree">The tree; it is not changed.</param>
    /// <param name="strict">Whether everything must fit; otherwise what does not stays as it is, and the report says so.</param>
    /// <param name="rename">From a saved path to one of the tree, or to null to leave it out; the same by default.</param>
    /// <param name="ignore">Paths of the tree that keep their values.</param>
    /// <returns>The new tree, and what did not fit.</returns>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    /// <exception cref="ArgumentException">Something does not fit; the message lists all of it.</exception>
    /// <exception cref="CheckpointException">The entry is no tree, or damaged.</exception>
    public (StructureTree Tree, LoadReport Report) Into(
        string name, StructureTree tree, bool strict = true, Func<string, string?>? rename = null, PathFilter? ignore = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var entry = Entry(name, "tree");
        var state = Read(_file, () => StructureReader.State(entry["tree"], _tensors));
        return Import.FromStateDict(tree, state, strict, rename, ignore);
    }

    /// <summary>A random key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    /// <exception cref="CheckpointException">The entry is no key.</exception>
    public RngKey Key(string name)
    {
        var entry = Entry(name, "key");
        return Read(_file, () => new RngKey(StructureReader.Tensor(entry["key"], _tensors, $"the key '{name}'")));
    }

    /// <summary>A tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    /// <exception cref="CheckpointException">The entry is no tensor.</exception>
    public Tensor Tensor(string name)
    {
        var entry = Entry(name, "tensor");
        return Read(_file, () => StructureReader.Tensor(entry["tensor"], _tensors, $"'{name}'"));
    }

    /// <summary>A plain value of exactly the type it was saved as.</summary>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    /// <exception cref="CheckpointException">The entry is no value of that type.</exception>
    public T Value<T>(string name)
    {
        var entry = Entry(name, "value");
        var value = Read(_file, () => AuxCodec.Read(entry["value"]));
        return value is T typed
            ? typed
            : throw new CheckpointException(
                _file, $"has {Article.With(TypeText.OfValue(value))} under '{name}', not {Article.With(TypeText.Of(typeof(T)))}");
    }

    private static string NameOf(MachineCosts costs) => costs.Machine.Length == 0 ? costs.Name : $"{costs.Name} ({costs.Machine})";

    private static void Write(Utf8JsonWriter writer, StructureWriter structure, string name, CheckpointEntry entry)
    {
        writer.WriteStartObject();
        switch (entry.Value)
        {
            case StructureTree tree:
                writer.WritePropertyName("config");
                structure.Static(writer, $"the config of '{name}'", entry.Config);
                writer.WritePropertyName("tree");
                structure.Tree(writer, name, tree);
                break;
            case RngKey key:
                writer.WriteString("key", structure.Add(name, key.Tensor));
                break;
            case Tensor tensor:
                writer.WriteString("tensor", structure.Add(name, tensor));
                break;
            default:
                writer.WritePropertyName("value");
                structure.Static(writer, $"'{name}'", entry.Value);
                break;
        }

        writer.WriteEndObject();
    }

    private static OrderedDictionary<string, Dictionary<string, JsonElement>> ReadEntries(string json, CheckpointFile file)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        var root = JsonParts.Members(document.RootElement, "the structure").ToDictionary(m => m.Name, m => m.Value);
        if (!root.TryGetValue("version", out var stated) || stated.ValueKind != JsonValueKind.Number
            || !stated.TryGetInt32(out var version))
        {
            throw new FormatException("the structure does not say its version, a whole number");
        }

        if (version != Version)
        {
            throw file.Refused(
                $"is a checkpoint of version {version}, and this library reads version {Version}",
                "Load it with the version of Brachy that wrote it, or a later one.");
        }

        var entries = new OrderedDictionary<string, Dictionary<string, JsonElement>>(StringComparer.Ordinal);
        foreach (var (name, value) in JsonParts.Members(
            root.TryGetValue("entries", out var all) ? all : throw new FormatException("the structure has no 'entries'"), "'entries'"))
        {
            var parts = JsonParts.Members(value, $"the entry '{name}'");
            if (name.Length == 0 || parts.Select(p => p.Name).Order(StringComparer.Ordinal)
                .ToArray() is not (["config", "tree"] or ["key"] or ["tensor"] or ["value"]))
            {
                throw new FormatException($"the entry '{name}' has no name, or is no tree with config, key, tensor or value");
            }

            entries.Add(name, parts.ToDictionary(p => p.Name, p => p.Value.Clone()));
        }

        return entries;
    }

    /// <summary>Runs a step of reading; whatever is wrong with the file becomes one kind of exception.</summary>
    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException
            or ArgumentException or OverflowException or DTypeException or ShapeException)
        {
            throw new CheckpointException(file, $"cannot be taken apart: {error.Message.TrimEnd('.')}", inner: error);
        }
    }

    private Dictionary<string, JsonElement> Entry(string name, string kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_entries.TryGetValue(name, out var entry))
        {
            throw new KeyNotFoundException($"{_file} has no entry '{name}'; it has {string.Join(", ", _entries.Keys)}.");
        }

        return entry.ContainsKey(kind) ? entry : throw new CheckpointException(
            _file, $"has no {kind} under '{name}'", $"It is a {string.Join(" with ", entry.Keys.OrderDescending())}.");
    }
}
