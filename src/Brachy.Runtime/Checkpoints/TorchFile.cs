namespace Brachy;

/// <summary>
/// Reads and writes PyTorch's checkpoints: the zip archives that torch.save of PyTorch 1.6 or later writes (<c>.pt</c>, <c>.pth</c>).
/// Reading runs nothing of what the file says: tensors, numbers, texts and containers are taken, everything else is refused by name.
/// </summary>
public static class TorchFile
{
    /// <summary>
    /// Everything in a checkpoint. All tensors come to main memory, wherever they were. A tensor of the file that stands at several
    /// places is one <see cref="Tensor"/>, so that shared weights stay shared; different views of one storage share its memory.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is damaged, of another kind, or holds what is not allowed.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static TorchValue Load(string path)
    {
        using var file = CheckpointFile.Open(path);
        return new TorchLoader(TorchArchive.Open(file)).Load();
    }

    /// <summary>The tensors of a saved <c>state_dict</c> by name, in their order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="keys">Where in the file the state_dict lies, as in <c>"model"</c>; nothing when it is the whole file.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged, of another kind, or holds what is not allowed; or there is no dictionary of tensors at that place.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyDictionary<string, Tensor> LoadStateDict(string path, params ReadOnlySpan<string> keys)
    {
        var value = Load(path);
        var place = "the file";
        foreach (var key in keys)
        {
            value = value.Value is OrderedDictionary<string, TorchValue> outer && outer.TryGetValue(key, out var inner)
                ? inner
                : throw new CheckpointException(path, $"there is no '{key}' in {place}, which is {value.Describe()}", Keys(value));
            place = $"'{key}'";
        }

        if (value.Value is not OrderedDictionary<string, TorchValue> entries)
        {
            throw new CheckpointException(path, $"{place} is {value.Describe()}, not a state_dict", "Use TorchFile.Load to see what it holds.");
        }

        var result = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, entry) in entries)
        {
            result.Add(name, entry.Value as Tensor ?? throw new CheckpointException(
                path, $"'{name}' of {place} is {entry.Describe()}, not a tensor", $"Say where the state_dict lies, or use TorchFile.Load. {Keys(value)}"));
        }

        return result;
    }

    /// <summary>
    /// Writes a <c>state_dict</c> that <c>torch.load(path, weights_only=True)</c> of PyTorch 1.6 or later reads. A tensor that has
    /// several names is stored once and stays shared. The file is replaced only when the new one is complete.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Concrete tensors by name; those of a GPU are stored for main memory.</param>
    /// <exception cref="ArgumentException">A name comes twice.</exception>
    /// <exception cref="ConcretizationException">A tensor is traced.</exception>
    public static void SaveStateDict(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        using var uses = new BufferUses();
        new TorchWriter(tensors, uses).Write(path);
    }

    /// <summary>Writes the params and buffers of a tree as a <c>state_dict</c>: see the other overload.</summary>
    /// <inheritdoc cref="SaveStateDict(string, IEnumerable{KeyValuePair{string, Tensor}})"/>
    /// <param name="path">The file.</param>
    /// <param name="tree">The tree; its paths are the names.</param>
    public static void SaveStateDict(string path, StructureTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        SaveStateDict(path, tree.Tensors().Select(t => KeyValuePair.Create(t.Path, t.Tensor)));
    }

    private static string Keys(TorchValue value) =>
        value.Value is OrderedDictionary<string, TorchValue> entries ? $"The keys are {TorchValue.Names(entries.Keys)}." : "Use TorchFile.Load to see what it holds.";
}
