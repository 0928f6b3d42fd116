using Brachy.Trees;

namespace Brachy.Models;

/// <summary>How weights that were trained elsewhere are loaded.</summary>
public sealed record PretrainedOptions
{
    /// <summary>
    /// The element type of all floating-point weights, such as <see cref="Brachy.DType.Float32"/> for a file in bfloat16; null, as by
    /// default, keeps that of the file.
    /// </summary>
    public DType? DType { get; init; }

    /// <summary>
    /// Whether everything must fit, as by default: then one exception lists what is missing, unexpected or of another shape. Otherwise what
    /// has no value gets the initial one of its layer, and <see cref="PretrainedModel.Report"/> says so.
    /// </summary>
    public bool Strict { get; init; } = true;

    /// <summary>
    /// From a name of the file to one of the tree, or to null to leave it out; it comes before what a model knows itself.
    /// </summary>
    public Func<string, string?>? Rename { get; init; }

    /// <summary>Paths of the tree that get their initial values, whatever the file has, such as <c>"fc.**"</c> for another head.</summary>
    public PathFilter? Ignore { get; init; }

    /// <summary>
    /// Where initial values come from that no file gives: those of dropout's keys and of what is missing. By default the ambient
    /// <see cref="Rng.Scope(long)"/>, and where there is none a fixed seed.
    /// </summary>
    public RngKey? Key { get; init; }
}
