namespace Brachy.IO;

/// <summary>
/// Reads and writes PyTorch's checkpoints (<c>.pt</c>, <c>.pth</c>): what torch.save writes, now and before PyTorch 1.6, and the data of
/// TorchScript's archives. Reading runs nothing of what the file says: tensors, numbers, texts and containers are taken, and everything
/// else becomes a <see cref="TorchObject"/>, which says what it is.
/// </summary>
public static class TorchFile
{
    /// <summary>
    /// Everything in a checkpoint. All tensors come to main memory, wherever they were. A tensor of the file that stands at several
    /// places is one <see cref="Tensor"/>, so that shared weights stay shared; different views of one storage share its memory.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged, of another kind, or would take more memory than it answers for.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static TorchValue Load(string path) => TorchReader.Read(path);

    /// <summary>
    /// The weights in a checkpoint by name, in their order: the tensors of a saved <c>state_dict</c>, or those that the
    /// <c>state_dict()</c> of a whole saved module or TorchScript program has.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="keys">Where in the file they lie, as in <c>"model"</c>; nothing when they are the whole file.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged or of another kind, or there is neither a dictionary with tensors nor a module at that place.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static TorchStateDict LoadStateDict(string path, params ReadOnlySpan<string> keys)
    {
        var value = Load(path);
        var place = "the file";
        foreach (var key in keys)
        {
            value = Below(value, key)
                ?? throw new CheckpointException(path, $"there is no '{key}' in {place}, which is {value.Describe()}", Advice(value));
            place = $"'{key}'";
        }

        try
        {
            return value.ToStateDict();
        }
        catch (InvalidCastException error)
        {
            throw new CheckpointException(path, $"{place} has no weights: {error.Message.TrimEnd('.')}", Advice(value), error);
        }
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

    /// <summary>
    /// Writes the params and buffers of a tree as a <c>state_dict</c>: see the other overload. Random keys, such as those of dropout, are
    /// left out, so that <c>load_state_dict</c> of the same model takes the file.
    /// </summary>
    /// <inheritdoc cref="SaveStateDict(string, IEnumerable{KeyValuePair{string, Tensor}})"/>
    /// <param name="path">The file.</param>
    /// <param name="tree">The tree; its paths are the names.</param>
    public static void SaveStateDict(string path, StructureTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        SaveStateDict(path, RandomKeys.TensorsWithout(tree).Select(t => KeyValuePair.Create(t.Path, t.Tensor)));
    }

    private static TorchValue? Below(TorchValue value, string key) => value.Value switch
    {
        TorchDictionary or TorchObject => value.Entries.TryGetValue(key, out var entry) ? entry : null,
        IReadOnlyList<TorchValue> list => int.TryParse(key, out var index) && index >= 0 && index < list.Count ? list[index] : null,
        _ => null,
    };

    private static string Advice(TorchValue value)
    {
        if (value.Value is not (TorchDictionary or TorchObject))
        {
            return "Use TorchFile.Load to see what it holds.";
        }

        var places = value.Entries.Where(e => TorchModules.HasStateDict(e.Value)).Select(e => $"'{e.Key}'").ToArray();
        return places.Length > 0
            ? $"Say where the weights lie: there are some under {TorchValue.Names(places)}."
            : $"Say where the weights lie, or use TorchFile.Load. The keys are {TorchValue.Names(value.Entries.Keys)}.";
    }
}
