using Brachy.Trees;
using TorchSharp;

namespace Brachy.IO;

/// <summary>Brings the weights of trees into other models.</summary>
public static class Export
{
    /// <summary>
    /// Writes the params and buffers of a tree into those of a TorchSharp module, in place, by their paths. Everything is checked
    /// before anything is written. Random keys of the tree, such as those of dropout, stay behind where the module has none.
    /// </summary>
    /// <param name="tree">The tree.</param>
    /// <param name="module">The module; its params stay the same objects, so that optimizers keep them.</param>
    /// <param name="strict">Whether everything must fit; otherwise what does not stays as it is, and the report says so.</param>
    /// <param name="rename">From a path of the module to one of the tree, or to null to leave it alone; the same path by default.</param>
    /// <param name="ignore">Paths of the tree that the module need not have, as in <c>"head.**"</c>.</param>
    /// <returns>
    /// What did not fit: paths of the tree's naming that the tree lacks are missing, those that the module lacks are unexpected.
    /// </returns>
    /// <exception cref="ArgumentException">Something does not fit; the message lists all of it.</exception>
    /// <exception cref="ConcretizationException">The tree holds traced tensors.</exception>
    public static LoadReport ToTorch(
        StructureTree tree, torch.nn.Module module, bool strict = true, Func<string, string?>? rename = null, PathFilter? ignore = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(module);
        var targets = Import.Renamed(TorchModuleState.Of(module).Select(e => (e.Path, e.Tensor)), rename).ToArray();
        var keys = RandomKeys.Paths(tree);
        keys.ExceptWith(targets.Select(t => t.Path));
        using var uses = new BufferUses();
        var fit = new StateFit(tree.Tensors().Where(t => !keys.Contains(t.Path) && ignore?.Matches(t.Path, t.Tensor) != true)
            .Select(t => (t.Path, uses.Add(t.Tensor).AsTorch())));
        var writes = new List<(torch.Tensor To, torch.Tensor From)>();
        foreach (var places in targets.GroupBy(e => e.Value.Handle))
        {
            var target = places.First().Value;
            if (fit.Find([.. places.Select(p => p.Path)], TorchModuleState.TypeOf(target)) is { } value)
            {
                writes.Add((target, value));
            }
        }

        var report = StateFit.Require(fit.Report(), strict, "The weights of the tree");
        using var noGrad = torch.no_grad();
        foreach (var (to, from) in writes)
        {
            to.copy_(from);
        }

        return report;
    }
}
