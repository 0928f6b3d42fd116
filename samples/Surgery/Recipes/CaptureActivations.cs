using Brachy;
using Brachy.Modules;
using Brachy.Trees;

namespace Surgery.Recipes;

/// <summary>Reads what inner layers of a trained network give, without touching its code.</summary>
public static class CaptureActivations
{
    /// <summary>A network whose layers leave their outputs in the tree that a run returns.</summary>
    public static StructureTree Watch(StructureTree model, PathFilter layers) => model.Wrap(layers, new CaptureOutput("output"), "watched");

    /// <summary>The output of the network, and those of the watched layers by path.</summary>
    public static (Tensor Output, Dictionary<string, Tensor> Activations) Run(StructureTree watched, GlobalConfig config, Tensor x)
    {
        var (after, output) = Network.JitApply(watched, config, x);
        var activations = after.Select("**.output").ToDictionary(found => found.Path, found => found.Tensor);
        return (output, activations);
    }
}
