using System.Runtime.CompilerServices;
using Brachy.Trees;

namespace Brachy.Optim;

/// <summary>Settings of optimizers, kept as tensors so that they can be scheduled and differentiated.</summary>
internal static class Hyperparameter
{
    // In float64: 1 - 0.999 would lose five digits in float32. A single number does not widen the params it meets.
    public static Tensor Of(double value) => F.full([], value, DType.Float64);

    /// <summary>State of zeros, or of another number, for each param of a model.</summary>
    public static StructureTree StateOf(StructureTree model, double value = 0) =>
        model.GetParams().MapParamsBuffers((_, p) => F.full_like(p, value));

    /// <summary>The hyperparameters of an optimizer's tree, with their paths.</summary>
    public static (string Path, Tensor Tensor)[] PathsIn(StructureTree optimizer) =>
        [.. optimizer.GetParams().Tensors().Where(t => t.Tensor.ndim == 0)];

    /// <summary>A filter that picks nothing is a mistake.</summary>
    /// <exception cref="ArgumentException">The optimizer has no such hyperparameter.</exception>
    public static void RequireUse(StructureTree optimizer, PathFilter filter)
    {
        var all = PathsIn(optimizer);
        if (!Array.Exists(all, t => filter.Matches(t.Path, t.Tensor)))
        {
            throw new ArgumentException(
                $"The optimizer has no hyperparameter {filter}; it has {string.Join(", ", all.Select(t => t.Path))}.");
        }
    }

    /// <summary>Sets the hyperparameters that a filter picks, each in its own element type.</summary>
    /// <param name="optimizer">The optimizer's tree, which is changed.</param>
    /// <param name="filter">Picks hyperparameters by their paths.</param>
    /// <param name="change">From the old value to the new one, a single number.</param>
    public static void Set(StructureTree optimizer, PathFilter filter, Func<Tensor, Tensor> change)
    {
        var used = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        SetBelow(optimizer, "");

        void SetBelow(StructureTree tree, string path)
        {
            foreach (var (key, old) in tree.Params)
            {
                tree.Params[key] = old.Map(
                    TreePath.Join(path, key), (at, tensor) => filter.Matches(at, tensor) ? Own(change(tensor).to(tensor.dtype)) : tensor);
            }

            foreach (var (key, child) in tree.Submodules)
            {
                SetBelow(child, TreePath.Join(path, key));
            }
        }

        // The next step may be given the tree as its own, which takes no tensor twice.
        Tensor Own(Tensor tensor) => used.Add(tensor) ? tensor : F.clone(tensor);
    }

    public static void RequireNonNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "Must be finite and not negative.");
        }
    }

    /// <summary>An optimizer made without momentum has no state for it, and must not pass over a setting in silence.</summary>
    public static void RequireMomentum(bool hasMomentum, Tensor? setting)
    {
        if (!hasMomentum && setting is not null)
        {
            throw new ArgumentException("Momentum is set, but the optimizer was made without. Make it with a momentum other than 0; it can "
                + "be set or scheduled then.");
        }
    }

    public static void RequireFraction(double value, bool closed = false, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value >= 0 && (value < 1 || (closed && value == 1))))
        {
            throw new ArgumentOutOfRangeException(name, value, closed ? "Must lie in [0, 1]." : "Must lie in [0, 1).");
        }
    }
}
