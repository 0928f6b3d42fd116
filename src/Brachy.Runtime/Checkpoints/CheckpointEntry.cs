namespace Brachy.IO;

/// <summary>
/// What a <see cref="Checkpoint"/> holds under one name: a tree with its config, a random key, a tensor, or a static
/// value. All of these convert.
/// </summary>
public sealed class CheckpointEntry
{
    private CheckpointEntry(object? value, GlobalConfig? config = null) => (Value, Config) = (value, config);

    internal object? Value { get; }

    internal GlobalConfig? Config { get; }

    /// <summary>A tree with its settings.</summary>
    public static implicit operator CheckpointEntry((StructureTree Tree, GlobalConfig Config) tree)
    {
        ArgumentNullException.ThrowIfNull(tree.Tree, nameof(tree));
        ArgumentNullException.ThrowIfNull(tree.Config, nameof(tree));
        return new(tree.Tree, tree.Config);
    }

    /// <summary>A tree without settings, such as gradients.</summary>
    public static implicit operator CheckpointEntry(StructureTree tree) => (tree, GlobalConfig.Empty);

    /// <summary>A random key.</summary>
    public static implicit operator CheckpointEntry(RngKey key) => Required(key);

    /// <summary>A tensor.</summary>
    public static implicit operator CheckpointEntry(Tensor tensor) => Required(tensor);

    /// <summary>Settings.</summary>
    public static implicit operator CheckpointEntry(GlobalConfig config) => Required(config);

    /// <summary>A text.</summary>
    public static implicit operator CheckpointEntry(string text) => Required(text);

    /// <summary>A number, such as the count of steps.</summary>
    public static implicit operator CheckpointEntry(long number) => new(number);

    /// <summary>A number.</summary>
    public static implicit operator CheckpointEntry(double number) => new(number);

    /// <summary>A truth value.</summary>
    public static implicit operator CheckpointEntry(bool truth) => new(truth);

    /// <summary>Any value that an <see cref="AuxCodec"/> writes.</summary>
    public static CheckpointEntry Of(object value) => value switch
    {
        StructureTree tree => tree,
        _ => Required(value),
    };

    private static CheckpointEntry Required(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }
}
