namespace Brachy.Optim;

public static partial class Optimizer
{
    /// <summary>The node of a tree of nested optimizers that computes a given function: the outermost one.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static StructureTree FindNode(StructureTree optimizer, ApplyFn function)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return Find(optimizer) ?? throw new ArgumentException(
            $"There is no {function.Name} in the tree of {optimizer.ApplyFn?.Name ?? "nothing"}; pass the optimizer's tree.", nameof(optimizer));

        StructureTree? Find(StructureTree node) =>
            function.Equals(node.ApplyFn) ? node : node.Submodules.Values.Select(Find).FirstOrDefault(found => found is not null);
    }
}
