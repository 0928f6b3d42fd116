using Brachy.Trees;
using TorchSharp;

namespace Brachy.IO;

/// <summary>
/// Brings the weights of other models into trees. A value is found by its path, as in PyTorch's <c>state_dict</c>; all values are
/// copies, and the tree that is given stays as it is. A value takes the element type of its place: <see cref="LoadReport.Converted"/> names
/// those that had another one. Real numbers are rounded; an integer that the new type does not have is a mismatch. Random keys of the
/// tree, such as those of dropout, which PyTorch does not have, keep their values unless there are some.
/// </summary>
public static class Import
{
    /// <summary>
    /// The params and buffers of a TorchSharp module as a tree of nodes without functions. What the module has at several places is
    /// one tensor of the tree.
    /// </summary>
    /// <exception cref="NotSupportedException">A tensor has an element type or device that Brachy does not have.</exception>
    public static StructureTree FromTorch(torch.nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var tree = new StructureTree();
        var copies = new Dictionary<nint, Tensor>();
        foreach (var (path, tensor, isParam) in TorchModuleState.Of(module))
        {
            var keys = path.Split('.');
            var node = tree;
            foreach (var key in keys.AsSpan()[..^1])
            {
                if (!node.Submodules.TryGetValue(key, out var child))
                {
                    node.Submodules.Add(key, child = new StructureTree());
                }

                node = child;
            }

            if (!copies.TryGetValue(tensor.Handle, out var copy))
            {
                copies.Add(tensor.Handle, copy = TorchModuleState.Copy(tensor));
            }

            (isParam ? node.Params : node.Buffers).Add(keys[^1], copy);
        }

        return tree;
    }

    /// <summary>The same tree with the weights and buffers of a TorchSharp module.</summary>
    /// <param name="tree">The tree; it is not changed.</param>
    /// <param name="module">The module.</param>
    /// <param name="strict">Whether everything must fit; otherwise what does not stays as it is, and the report says so.</param>
    /// <param name="rename">From a path of the module to one of the tree, or to null to leave it out; the same path by default.</param>
    /// <param name="ignore">Paths of the tree that keep their values, as in <c>"head.**"</c>.</param>
    /// <returns>The new tree, and what did not fit.</returns>
    /// <exception cref="ArgumentException">Something does not fit; the message lists all of it.</exception>
    /// <exception cref="NotSupportedException">A tensor has an element type or device that Brachy does not have.</exception>
    public static (StructureTree Tree, LoadReport Report) FromTorch(
        StructureTree tree, torch.nn.Module module, bool strict = true, Func<string, string?>? rename = null, PathFilter? ignore = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(module);
        return Fill(
            tree, Renamed(TorchModuleState.Of(module).Select(e => (e.Path, e.Tensor)), rename), strict, ignore,
            "The weights of the module");
    }

    /// <summary>
    /// The same tree with tensors by name, such as those of <see cref="TorchFile.LoadStateDict"/>. What is no tensor there stands in
    /// <see cref="LoadReport.NotTensors"/>, and is no reason to refuse the rest.
    /// </summary>
    /// <param name="tree">The tree; it is not changed.</param>
    /// <param name="state">Tensors by path.</param>
    /// <param name="strict">Whether everything must fit; otherwise what does not stays as it is, and the report says so.</param>
    /// <param name="rename">From a name to a path of the tree, or to null to leave it out; the same by default.</param>
    /// <param name="ignore">Paths of the tree that keep their values.</param>
    /// <returns>The new tree, and what did not fit.</returns>
    /// <exception cref="ArgumentException">Something does not fit; the message lists all of it.</exception>
    public static (StructureTree Tree, LoadReport Report) FromStateDict(
        StructureTree tree, IEnumerable<KeyValuePair<string, Tensor>> state, bool strict = true, Func<string, string?>? rename = null,
        PathFilter? ignore = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(state);
        var others = (state as TorchStateDict)?.Others.Keys.Select(name => rename is null ? name : rename(name)).OfType<string>();
        using var uses = new BufferUses();
        return Fill(tree, Renamed(state.Select(e => (e.Key, uses.Add(e.Value).AsTorch())), rename), strict, ignore, "The tensors", others);
    }

    /// <summary>
    /// The gradients that TorchSharp's autograd has left in a module, as a tree of the params (see
    /// <see cref="StructureTree.GetParams"/>); zeros for params without one.
    /// </summary>
    /// <param name="tree">The tree of the same model; it is not changed.</param>
    /// <param name="module">The module after <c>backward()</c>.</param>
    /// <param name="rename">From a path of the module to one of the tree, or to null to leave it out; the same path by default.</param>
    /// <param name="ignore">Paths of the tree that the module does not have: their gradient is zero.</param>
    /// <exception cref="ArgumentException">The params of the two do not fit; the message lists all that differs.</exception>
    /// <exception cref="InvalidOperationException">No param has a gradient.</exception>
    public static StructureTree GradientsFromTorch(
        StructureTree tree, torch.nn.Module module, Func<string, string?>? rename = null, PathFilter? ignore = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(module);
        using var scope = torch.NewDisposeScope();
        var parameters = TorchModuleState.Of(module).Where(e => e.IsParam).ToArray();
        if (Array.TrueForAll(parameters, p => p.Tensor.grad is null))
        {
            throw new InvalidOperationException("No param of the module has a gradient; call backward() on its loss first.");
        }

        var zeros = tree.GetParams().MapParamsBuffers((_, p) => F.zeros_like(p));
        var gradients = parameters.Select(p => (p.Path, p.Tensor.grad ?? p.Tensor.detach().zeros_like()));
        return Fill(zeros, Renamed(gradients, rename), strict: true, ignore, "The gradients of the module").Tree;
    }

    /// <summary>Values by the paths of the tree.</summary>
    internal static IEnumerable<(string Path, torch.Tensor Value)> Renamed(
        IEnumerable<(string Path, torch.Tensor Value)> values, Func<string, string?>? rename)
    {
        foreach (var (path, value) in values)
        {
            if ((rename is null ? path : rename(path)) is { } renamed)
            {
                yield return (renamed, value);
            }
        }
    }

    private static (StructureTree Tree, LoadReport Report) Fill(
        StructureTree tree, IEnumerable<(string Path, torch.Tensor Value)> values, bool strict, PathFilter? ignore, string what,
        IEnumerable<string>? others = null)
    {
        var fit = new StateFit(values);
        var keys = RandomKeys.Paths(tree);
        keys.RemoveWhere(fit.Has);
        var found = new Dictionary<Tensor, torch.Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var places in tree.Tensors().Where(t => !keys.Contains(t.Path) && ignore?.Matches(t.Path, t.Tensor) != true)
            .GroupBy(t => t.Tensor, ReferenceEqualityComparer.Instance))
        {
            var (_, tensor) = places.First();
            if (fit.Find([.. places.Select(p => p.Path)], tensor.Type) is { } value)
            {
                found.Add(tensor, value);
            }
        }

        var report = StateFit.Require(fit.Report() with { NotTensors = [.. others ?? []] }, strict, what);
        return (
            tree.MapParamsBuffers(
                (_, tensor) => found.TryGetValue(tensor, out var value) ? TorchModuleState.Copy(value, tensor.dtype) : tensor), report);
    }
}
