using Brachy.Extending;

namespace Brachy.NN;

/// <summary>
/// Layers in a function of one sample whose batch has a name: what they have in common with the other samples, and what not. The name is
/// the setting <c>batch_axis</c>.
/// </summary>
internal static class NamedBatch
{
    /// <summary>The batch.</summary>
    /// <exception cref="ArgumentException">No batch around has this name.</exception>
    public static NamedAxis Find(string layer, string axis) => NamedAxis.Find($"{layer}, whose setting batch_axis is '{axis}'", axis);

    /// <summary>A key from which each sample draws numbers of its own, made of one that all have; without a batch the key itself.</summary>
    public static RngKey OfSample(string layer, RngKey key, string? axis)
    {
        if (axis is null)
        {
            return key;
        }

        _ = Find(layer, axis);
        return Rng.FoldIn(key, F.axis_index(axis));
    }
}
