using Brachy.Trees;

namespace Brachy.Models;

/// <summary>What a family of files calls the weights of a model, where that differs from the paths of the tree.</summary>
public sealed record WeightNames
{
    /// <summary>The names are the paths of the tree.</summary>
    public static WeightNames Same { get; } = new();

    /// <summary>
    /// What may stand before names of the file and not of the tree, or the other way round, such as <c>bert.</c>; a name is taken as it
    /// is where that fits.
    /// </summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Names of the file that are no part of the model, such as <c>"**.position_ids"</c>.</summary>
    public PathFilter? Ignored { get; init; }

    /// <summary>From a name of the file to one of the tree (with or without a prefix), or to null to leave it out.</summary>
    public Func<string, string?>? Rename { get; init; }
}
