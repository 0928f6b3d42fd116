using Brachy.Optim;

namespace Brachy.Modules;

/// <summary>
/// Lets a model compute in half precision while its tree keeps float32: params stay masters in float32, and so do their
/// gradients. For float16 train with <see cref="Optim.LossScaling"/>; bfloat16 needs none.
/// </summary>
/// <remarks>
/// <para>Each node's apply function is wrapped. Where a model is entered, its params and buffers of float32 are cast to the
/// half type, once, and so are the inputs; half values then flow from node to node, and what leaves the model is float32
/// again. Each node can still be applied by itself. Buffers come back in their own type, and exactly as they were if
/// the node did not set them. Integers, truth values, random keys and float64 are left alone.</para>
/// <para>A node with the aux value <c>force_high_precision</c> = true, together with all below it, computes in float32: its inputs
/// are cast up, and its outputs stay float32 until another node casts them down. Norm layers, with their running
/// statistics, and layers whose outputs go to a loss are best marked so. A node that passes such outputs, or params of such a
/// node, to an op of its own that takes one element type only must cast them itself.</para>
/// </remarks>
/// <example>
/// <code>
/// model = MixedPrecision.ForceHighPrecision(model, (path, node) => path.Contains("norm"));
/// model = MixedPrecision.Cast(model, DType.Float16);
/// </code>
/// </example>
public static class MixedPrecision
{
    /// <summary>The aux value of nodes that compute in float32: <c>true</c>, or absent.</summary>
    public const string HighPrecisionKey = "force_high_precision";

    /// <summary>A copy of a model whose nodes compute in half precision. A model cast before is cast anew.</summary>
    /// <param name="model">The model; it is left as it is.</param>
    /// <param name="dtype">Float16 or BFloat16.</param>
    /// <exception cref="ArgumentException">The type is another one.</exception>
    public static StructureTree Cast(StructureTree model, DType dtype = DType.BFloat16)
    {
        if (dtype is not (DType.Float16 or DType.BFloat16))
        {
            throw new ArgumentException($"Half precision is Float16 or BFloat16, not {dtype}.", nameof(dtype));
        }

        var wrapper = new HalfPrecision(dtype);
        var result = Restore(model);
        foreach (var (_, node) in result.Nodes())
        {
            node.ApplyFn = node.ApplyFn?.Wrap(dtype.Name(), wrapper);
        }

        return result;
    }

    /// <summary>A copy of a model whose nodes compute in the types of their params again.</summary>
    /// <param name="model">The model; it is left as it is.</param>
    public static StructureTree Restore(StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var result = model.Copy();
        foreach (var (_, node) in result.Nodes())
        {
            node.ApplyFn = node.ApplyFn?.Unwrap(wrapper => wrapper is HalfPrecision);
        }

        return result;
    }

    /// <summary>A copy of a model in which some nodes are marked to compute in float32, with all below them.</summary>
    /// <param name="model">The model, cast or not; it is left as it is.</param>
    /// <param name="filter">Picks nodes by their path, such as <c>layers.1</c>, and content. The path of the root is empty.</param>
    public static StructureTree ForceHighPrecision(StructureTree model, Func<string, StructureTree, bool> filter)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(filter);
        var result = model.Copy();
        foreach (var (_, node) in result.SelectNodes(filter))
        {
            node.Aux[HighPrecisionKey] = true;
        }

        return result;
    }

    internal static bool IsForced(StructureTree node) => node.Aux.TryGetValue(HighPrecisionKey, out var value) && value is true;
}
