namespace Brachy.Models.Text;

/// <summary>
/// How the angles of positions are scaled, so that a model reads longer texts than it was first trained for: all alike (linear), or as in
/// Llama 3.1, where only waves are that are longer than a part of the first length.
/// </summary>
public sealed record RopeScaling
{
    /// <summary>linear or llama3.</summary>
    public string RopeType { get; init; } = "linear";

    /// <summary>What angles are divided by.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>llama3: waves longer than the first length divided by this are scaled.</summary>
    public double LowFreqFactor { get; init; } = 1;

    /// <summary>llama3: waves shorter than the first length divided by this stay; those in between are mixed.</summary>
    public double HighFreqFactor { get; init; } = 4;

    /// <summary>llama3: the first length, in positions.</summary>
    public long OriginalMaxPositionEmbeddings { get; init; } = 8192;

    /// <summary>From a configuration; null where nothing is scaled.</summary>
    internal static RopeScaling? Of(ConfigJson json)
    {
        var name = json.Has("rope_type") ? "rope_type" : "type";
        var kind = json.OneOf(name, "default", "default", "linear", "llama3");
        if (kind == "default")
        {
            return null;
        }

        var scaling = new RopeScaling { RopeType = kind, Factor = json.Number("factor", 1e-6, 1e6) };
        if (kind == "linear")
        {
            return scaling;
        }

        scaling = scaling with
        {
            LowFreqFactor = json.Number("low_freq_factor", 1e-6, 1e6),
            HighFreqFactor = json.Number("high_freq_factor", 1e-6, 1e6),
            OriginalMaxPositionEmbeddings = json.Size("original_max_position_embeddings"),
        };
        return scaling.HighFreqFactor > scaling.LowFreqFactor ? scaling : throw json.Damaged(
            $"has a 'high_freq_factor' of {scaling.HighFreqFactor}, which must be above 'low_freq_factor', {scaling.LowFreqFactor}");
    }

    /// <summary>The scaled angle from one position to the next.</summary>
    internal double Scale(double frequency)
    {
        if (RopeType == "linear")
        {
            return frequency / Factor;
        }

        if (RopeType != "llama3")
        {
            throw new ArgumentException($"There is no scaling '{RopeType}' of positions; there are linear and llama3.");
        }

        // How many waves there are in the first length.
        var waves = OriginalMaxPositionEmbeddings * frequency / (2 * Math.PI);
        var kept = Math.Clamp((waves - LowFreqFactor) / (HighFreqFactor - LowFreqFactor), 0, 1);
        return (kept * frequency) + ((1 - kept) * frequency / Factor);
    }
}
