using Brachy;
using Brachy.Optim;
using Brachy.Trees;

namespace Surgery.Recipes;

/// <summary>Trains a part of a network; the rest costs no gradients and no optimizer state.</summary>
public static class FreezePart
{
    /// <summary>An optimizer that leaves some params alone.</summary>
    public static ParamGroups Optimizer(StructureTree model, PathFilter frozen, double lr) =>
        ParamGroups.Freeze(model, frozen, parameters => new AdamW(parameters, lr));
}
