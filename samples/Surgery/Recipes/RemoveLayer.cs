using Brachy;

namespace Surgery.Recipes;

/// <summary>Makes a trained network shallower.</summary>
public static class RemoveLayer
{
    /// <summary>A residual block less; those after it are renumbered.</summary>
    public static StructureTree FromList(StructureTree model, GlobalConfig config, int position)
    {
        var shallower = model.Copy();
        Network.Bind(shallower, config).Blocks.RemoveAt(position);
        return shallower;
    }

    /// <summary>A node that passes its input on, in the place of one that need not be called: the others keep their names.</summary>
    public static StructureTree PassOver(StructureTree model, string path) =>
        model.At(path).SetNode(new StructureTree { ApplyFn = StructureTree.PassThrough });
}
