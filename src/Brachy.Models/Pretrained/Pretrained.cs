using Brachy.IO;
using Brachy.Modules;

namespace Brachy.Models;

/// <summary>
/// Loads weights that were trained elsewhere into modules with the same names. The structure comes from the module's constructor, which
/// runs without computing (<see cref="ModuleOutline"/>); the weights go from the file into the tree, one at a time. Nothing is downloaded,
/// and nothing in a file is run.
/// </summary>
public static class Pretrained
{
    /// <summary>A model with the weights of a file or folder.</summary>
    /// <param name="make">Makes the module, as in <c>() => new ResNet(…)</c>.</param>
    /// <param name="path">
    /// A <c>.safetensors</c>, <c>.bin</c>, <c>.pt</c>, <c>.pth</c> or <c>.onnx</c> file, the index of several
    /// (<c>….index.json</c>), or a folder with <c>model.safetensors</c>, <c>pytorch_model.bin</c> or <c>model.onnx</c> or the index of one
    /// of the first two.
    /// </param>
    /// <param name="names">What the file calls the weights; the paths of the tree by default.</param>
    /// <param name="options">How to load; strictly, in the element type of the file, by default.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or nothing of the kind in the folder.</exception>
    /// <exception cref="CheckpointException">
    /// A file is damaged, refused or of another kind; or, with <see cref="PretrainedOptions.Strict"/>, something does not fit: the message
    /// lists all of it.
    /// </exception>
    public static PretrainedModel Load(
        Func<StateOrganizer> make, string path, WeightNames? names = null, PretrainedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(make);
        using var source = WeightFiles.Open(path);
        return Load(make, source, names, options);
    }

    /// <summary>A model with given tensors.</summary>
    /// <inheritdoc cref="Load(Func{StateOrganizer}, string, WeightNames?, PretrainedOptions?)"/>
    /// <param name="make">Makes the module.</param>
    /// <param name="state">The tensors by name. Their memory is shared with the model, and not written to.</param>
    /// <param name="names">How they are called; by the paths of the tree by default.</param>
    /// <param name="options">How to load.</param>
    public static PretrainedModel Load(
        Func<StateOrganizer> make, IReadOnlyDictionary<string, Tensor> state, WeightNames? names = null, PretrainedOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(make);
        ArgumentNullException.ThrowIfNull(state);
        using var source = new LoadedSource("The tensors", state, isOwned: false);
        return Load(make, source, names, options);
    }

    internal static PretrainedModel Load(Func<StateOrganizer> make, IWeightSource source, WeightNames? names, PretrainedOptions? options)
    {
        options ??= new();
        if (options.DType is { } dtype && !dtype.IsFloatingPoint())
        {
            throw new DTypeException($"PretrainedOptions.DType: weights are floating-point numbers, which {dtype} cannot hold.");
        }

        var outline = ModuleOutline.Of(make, options.Key);
        var fit = new WeightFit(outline, source, names ?? WeightNames.Same, options);
        fit.Match();
        RequireFit(fit, options);
        using var reader = new WeightReader(source, options.DType);
        var values = reader.Read(fit);
        RequireFit(fit, options);
        var (tree, config) = outline.Fill(values);
        reader.Keep();
        return new(tree, config.With("train_mode", false), fit.Report, fit.Ignored);
    }

    private static void RequireFit(WeightFit fit, PretrainedOptions options)
    {
        if (options.Strict && !fit.Report.IsComplete)
        {
            throw fit.DoesNotFit();
        }
    }
}
