using Brachy;

namespace Surgery.Recipes;

/// <summary>Lets two places of a network have one weight.</summary>
public static class ShareWeight
{
    /// <summary>Puts the tensor of one path at another. From then on it is one weight: trained, cloned and saved once.</summary>
    /// <exception cref="ShapeException">The tensor there has another shape or element type.</exception>
    public static StructureTree Share(StructureTree model, string from, string to)
    {
        var (own, other) = (model[from].Tensor.Type, model[to].Tensor.Type);
        if (!own.Equals(other))
        {
            throw new ShapeException($"'{to}' is {other}, which cannot be the weight '{from}', {own}.");
        }

        var shared = model.Copy();
        shared[to] = shared[from];
        return shared;
    }

    /// <summary>Gives a place a weight of its own again.</summary>
    public static StructureTree Unshare(StructureTree model, string path) => model.At(path).Set(F.clone(model[path]));
}
