using Brachy.Extending;

namespace Brachy.NN;

/// <summary>
/// The samples that a layer in a function of one sample shares something with: those of a batch with a name, or of several, one inside
/// another. The names are the setting <c>batch_axis</c>.
/// </summary>
internal sealed class NamedBatch
{
    private readonly NamedAxis[] _axes;

    private NamedBatch(NamedAxis[] axes) => _axes = axes;

    /// <summary>The number of samples.</summary>
    public long Size => _axes.Aggregate(1L, (size, axis) => checked(size * axis.Size));

    /// <summary>The batch; null where no name is given.</summary>
    /// <param name="layer">Who asks, for messages.</param>
    /// <param name="names">The names, the outermost batch first.</param>
    /// <exception cref="ArgumentException">No batch around has such a name, or a name is given twice.</exception>
    public static NamedBatch? Find(string layer, IReadOnlyList<string>? names)
    {
        if (names is not { Count: > 0 })
        {
            return null;
        }

        var axes = new NamedAxis[names.Count];
        var asker = $"{layer}, whose setting batch_axis is {Text(names)}";
        for (var i = 0; i < axes.Length; i++)
        {
            axes[i] = names.Take(i).Contains(names[i])
                ? throw new ArgumentException($"{asker}: '{names[i]}' is there twice. Name each batch once.")
                : NamedAxis.Find(asker, names[i]);
        }

        return new(axes);
    }

    /// <summary>
    /// A key from which each sample draws numbers of its own, made of one that all have; without a batch the key itself. In a data-parallel
    /// function the ranks are the batch, unless another is named.
    /// </summary>
    public static RngKey OfSample(string layer, RngKey key, IReadOnlyList<string>? names) =>
        (Find(layer, names) ?? OfRanks()) is { } batch ? Rng.FoldIn(key, batch.Number()) : key;

    /// <summary>Draws numbers for a tensor whose dim 0 is the batch: share by share where a rank has several.</summary>
    /// <param name="layer">Who asks, for messages.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="key">The key that all samples have.</param>
    /// <param name="names">The names of the batch.</param>
    /// <param name="draw">From a tensor and a key to one of the same shape.</param>
    /// <exception cref="ShapeException">Dim 0 cannot be cut into equal shares.</exception>
    public static Tensor Draw(string layer, Tensor x, RngKey key, IReadOnlyList<string>? names, Func<Tensor, RngKey, Tensor> draw)
    {
        var batch = Find(layer, names) ?? OfRanks();
        var isOfRanks = batch is { _axes: [{ IsOfRanks: true }] };
        var shares = isOfRanks && RankScope.Current is { Shares: > 0 } ranks ? ranks.Shares / Rank.Count : 1;
        if (shares <= 1)
        {
            return draw(x, batch is null ? key : Rng.FoldIn(key, batch.Number()));
        }

        if (x.ndim == 0 || x.shape[0] % shares != 0)
        {
            throw new ShapeException($"{layer}: dim 0 of {x.Type} is no multiple of the {shares} shares of the batch that this rank has.");
        }

        var first = batch!.Number() * shares;
        return F.cat([.. F.chunk(x, shares).Select((share, i) => draw(share, Rng.FoldIn(key, first + i)))]);
    }

    private static NamedBatch? OfRanks() =>
        RankScope.Current is { } ranks && (Rank.Count > 1 || ranks.Shares > 1) ? new([NamedAxis.Ranks]) : null;

    /// <summary>The name, if there is one only.</summary>
    public static string? OnlyName(IReadOnlyList<string>? names) => names is [var name] ? name : null;

    /// <summary>The mean over all samples; they have as many values each.</summary>
    public Tensor Mean(Tensor own) => _axes.Aggregate(own, (mean, axis) => F.pmean(mean, axis.Name));

    /// <inheritdoc/>
    public override string ToString() => Text([.. _axes.Select(axis => axis.Name)]);

    /// <summary>Which of all samples this one is, where those of the last name stand side by side.</summary>
    private Tensor Number() => _axes.Skip(1).Aggregate(
        F.axis_index(_axes[0].Name), (number, axis) => (number * axis.Size) + F.axis_index(axis.Name));

    private static string Text(IReadOnlyList<string> names) =>
        names.Count == 1 ? $"'{names[0]}'" : $"[{string.Join(", ", names.Select(name => $"'{name}'"))}]";
}
