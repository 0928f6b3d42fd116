using Brachy.Transforms;

namespace Brachy;

/// <summary>
/// Lifts transforms of functions over tensors to functions over anything: tensors, structure trees, <c>[Tree]</c> values, tuples, lists and
/// dictionaries, mixed with static values, as <see cref="Jit"/> and <see cref="Grad"/> take them.
/// </summary>
/// <remarks>
/// <para>A lifted function takes its arguments apart into tensors and a static part: structure, values that are not traced (compared by
/// content, as they are at the call), and the shapes and types of the tensors. The transform is applied once for each static part, to a
/// function of the tensors alone (by several threads at once, for different ones), and at most <see cref="Jit.DefaultCacheLimit"/> of its
/// results are kept. The static part of a result is
/// that of the run of the function within the call or, where the transform did not run it (a compiled one), that of the latest run. Within
/// a trace, whose tensors must not outlive it, the transform is applied anew.</para>
/// <para>Outside of traces and gradients, what a call makes and does not return is freed when it ends (<see cref="TensorScope"/>). A
/// transform that stores tensors for later calls keeps them in a tree.</para>
/// </remarks>
/// <example>
/// <code>
/// var noisy = Static.Lift(f => x => f(x.Select(t => t + 0.1 * Rng.Normal(t.shape)).ToArray()));
/// var g = noisy.Of((StructureTree model, GlobalConfig config, Tensor x) => Classifier.Apply(model, config, x).Output);
/// </code>
/// </example>
public static class Static
{
    /// <summary>Lifts a transform whose results are as those of the function: as many tensors, in the same order.</summary>
    /// <param name="transform">From a function to another, such as <see cref="Jit.Transform"/>.</param>
    public static LiftedTransform Lift(Func<TensorFunction, TensorFunction> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return new(transform);
    }

    /// <summary>Lifts a transform whose results are as arguments of the function, such as a gradient.</summary>
    /// <param name="transform">
    /// From a function, whose first result is the loss, and the positions of the inputs to differentiate to a function of the same inputs
    /// that gives one tensor for each of these positions; such as <see cref="Grad.Transform"/>.
    /// </param>
    public static LiftedGradient LiftGradient(Func<TensorFunction, int[], TensorFunction> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return new(transform);
    }

    /// <summary>Lifts a transform that gives the results of the function and then results that are as arguments.</summary>
    /// <param name="transform">
    /// From a function, whose first result is the loss, and the positions of the inputs to differentiate to a function of the same inputs
    /// that gives all results and then one tensor for each of these positions; such as <see cref="Grad.ValueTransform"/>.
    /// </param>
    public static LiftedValueAndGradient LiftValueAndGradient(Func<TensorFunction, int[], TensorFunction> transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        return new(transform);
    }
}
