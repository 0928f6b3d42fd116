using Brachy.Trees;

namespace Brachy.IO;

/// <summary>
/// Reads and writes <c>.safetensors</c> files: tensors by name, and texts as metadata; nothing in them is ever run. For whole models
/// with their structure see <see cref="Checkpoint"/>; a plain file is put into a model by <see cref="Import.FromStateDict"/>.
/// </summary>
public static class SafeTensors
{
    /// <summary>Writes tensors to a file, which is replaced only when the new one is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">
    /// Concrete tensors by name; those of a GPU are stored as they are in main memory. Each name stores its elements.
    /// </param>
    /// <param name="metadata">Texts by name; none by default.</param>
    /// <exception cref="ArgumentException">
    /// A name comes twice, is <c>__metadata__</c>, or is not valid Unicode, as all texts must be.
    /// </exception>
    /// <exception cref="ConcretizationException">A tensor is traced.</exception>
    /// <exception cref="DonatedTensorException">A tensor was given away.</exception>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        using var uses = new BufferUses();
        var all = new List<(string Name, TensorType Type, Buffer Memory)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            ArgumentNullException.ThrowIfNull(name, nameof(tensors));
            ArgumentNullException.ThrowIfNull(tensor, name);
            if (SafeTensorsHeader.IsReserved(name) || !names.Add(name))
            {
                throw new ArgumentException(
                    $"There are two tensors of the name '{name}', or it is the name of the metadata.", nameof(tensors));
            }

            StrictText.Require(name, "The name");

            // Every tensor must be readable before a file is begun, and until it is complete, whatever other threads do.
            all.Add((name, tensor.Type, uses.Add(tensor)));
        }

        // The largest elements first, so that each tensor begins at a multiple of its element size.
        var ordered = all.OrderByDescending(t => t.Type.DType.ItemSize()).ToArray();
        var header = SafeTensorsHeader.Write(ordered.Select(t => (t.Name, t.Type)), metadata ?? []);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (var (_, _, memory) in ordered)
            {
                TensorMemory.Write(memory, stream.Write);
            }
        });
    }

    /// <summary>
    /// Writes the params and buffers of a tree by their paths: a <c>state_dict</c>. A shared weight is stored at each of its paths. Random
    /// keys, such as those of dropout, are left out: no other program has them. <see cref="Checkpoint"/> keeps them.
    /// </summary>
    /// <inheritdoc cref="Save(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, string}})"/>
    /// <param name="path">The file.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="metadata">Texts by name; none by default.</param>
    public static void Save(string path, StructureTree tree, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        Save(path, RandomKeys.TensorsWithout(tree).Select(t => KeyValuePair.Create(t.Path, t.Tensor)), metadata);
    }

    /// <summary>The tensors of a file by name, in the order of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="names">Which tensors; all by default. Filters that look at tensors are refused.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, or has an element type that Brachy does not have.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, PathFilter? names = null)
    {
        using var file = CheckpointFile.Open(path);
        return Load(file, SafeTensorsHeader.Read(file), names);
    }

    /// <summary>The names and types of the tensors, and the metadata, without the elements.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointException">The file is damaged, or has an element type that Brachy does not have.</exception>
    public static (IReadOnlyDictionary<string, TensorType> Types, IReadOnlyDictionary<string, string> Metadata) ReadHeader(string path)
    {
        using var file = CheckpointFile.Open(path);
        var header = SafeTensorsHeader.Read(file);
        var types = new OrderedDictionary<string, TensorType>(StringComparer.Ordinal);
        foreach (var (name, entry) in header.Entries)
        {
            types.Add(name, entry.Type);
        }

        return (types, header.Metadata);
    }

    /// <summary>All tensors, or none.</summary>
    internal static OrderedDictionary<string, Tensor> Load(CheckpointFile file, SafeTensorsHeader header, PathFilter? names)
    {
        var tensors = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, entry) in header.Entries.Where(e => names?.MatchesPath(e.Key) != false))
            {
                tensors.Add(name, TensorMemory.Read(file, header.DataOffset + entry.Start, entry.Type));
            }
        }
        catch
        {
            foreach (var tensor in tensors.Values)
            {
                tensor.Dispose();
            }

            throw;
        }

        return tensors;
    }
}
