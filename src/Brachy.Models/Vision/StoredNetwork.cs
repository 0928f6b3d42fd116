using Brachy.IO;

namespace Brachy.Models;

/// <summary>What the names and shapes in a file say of the network whose weights they are.</summary>
internal sealed class StoredNetwork
{
    private readonly IReadOnlyDictionary<string, TensorType> _types;

    /// <param name="source">The file.</param>
    /// <param name="first">A name that every network of the family has.</param>
    /// <param name="family">What networks are called, for messages.</param>
    /// <exception cref="CheckpointException">The file does not have the name, with or without something in front.</exception>
    public StoredNetwork(IWeightSource source, string first, string family)
    {
        (_types, Place) = (source.Types, source.Place);
        var found = _types.Keys.FirstOrDefault(name => name == first || name.EndsWith("." + first, StringComparison.Ordinal));
        Prefix = found is not null ? found[..^first.Length] : throw new CheckpointException(
            source.Place, $"has no '{first}', hence no {family} with the names of torchvision",
            "Give a file of torchvision's, or load it with Pretrained.Load and names of your own, or OnnxLayers.Load for ONNX files.");
    }

    /// <summary>The file, for messages.</summary>
    public string Place { get; }

    /// <summary>What stands before all names.</summary>
    public string Prefix { get; }

    /// <summary>How names are found.</summary>
    public WeightNames Names => new() { Prefixes = Prefix.Length > 0 ? [Prefix] : [] };

    public bool Has(string name) => _types.ContainsKey(Prefix + name);

    /// <summary>The shape of a tensor; null where there is none.</summary>
    public Shape? Shape(string name) => _types.TryGetValue(Prefix + name, out var type) ? type.Shape : default(Shape?);

    /// <summary>A size of a tensor that the file must have.</summary>
    /// <exception cref="CheckpointException">It has none, or one with fewer dims.</exception>
    public long Size(string name, int dim) => Shape(name) is { } shape && dim < shape.Rank
        ? shape[dim]
        : throw new CheckpointException(Place, $"has no '{Prefix + name}' with {dim + 1} dims or more", "It does not fit the network.");

    /// <summary>How many numbers from 0 on a name exists with.</summary>
    public int Count(Func<int, string> name)
    {
        var count = 0;
        while (Has(name(count)))
        {
            count++;
        }

        return count;
    }

    /// <summary>Options for another number of classes than the file's: the head then has its initial values.</summary>
    /// <param name="options">The options as given.</param>
    /// <param name="classes">The number that is wanted; null for the file's.</param>
    /// <param name="stored">The number in the file; 0 for no head.</param>
    /// <param name="head">The paths of the head.</param>
    public static PretrainedOptions? Headed(PretrainedOptions? options, long? classes, long stored, string head) =>
        classes is null || classes == stored
            ? options
            : (options ?? new()) with { Ignore = options?.Ignore is { } ignore ? ignore | head : head };
}
