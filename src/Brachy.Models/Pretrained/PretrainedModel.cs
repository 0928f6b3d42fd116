using Brachy.IO;

namespace Brachy.Models;

/// <summary>
/// A model with weights that were trained elsewhere: <c>var (model, config) = Bert.FromPretrained(folder);</c>. It evaluates; to train it,
/// say <c>config.With("train_mode", true)</c>.
/// </summary>
/// <param name="Tree">The model.</param>
/// <param name="Config">Its settings, with <c>train_mode</c> false.</param>
/// <param name="Report">What did not fit, and what was converted to another element type.</param>
/// <param name="Ignored">Names of the file that are known to be no part of the model, such as masks that others save.</param>
public sealed record PretrainedModel(StructureTree Tree, GlobalConfig Config, LoadReport Report, IReadOnlyList<string> Ignored)
{
    /// <summary>Takes the model apart into the tree and its settings.</summary>
    public void Deconstruct(out StructureTree tree, out GlobalConfig config) => (tree, config) = (Tree, Config);

    /// <summary>The same with the report.</summary>
    public void Deconstruct(out StructureTree tree, out GlobalConfig config, out LoadReport report) =>
        (tree, config, report) = (Tree, Config, Report);
}
