using Brachy.Transforms;

namespace Brachy;

/// <summary>
/// Functions of one sample as functions of a batch: <c>jax.vmap</c>. The function runs once, on a sample without values; each op that it
/// does is then computed for all samples at once. What it uses from outside, and arguments whose axis is null, are
/// the same for all samples.
/// </summary>
/// <remarks>
/// <para>The result is made of plain ops, so that <see cref="Vmap"/>, <see cref="Grad"/>, <see cref="Jit"/> and <see cref="Control"/>
/// compose in any order, and gradients reach what the function captures.</para>
/// <para>C# code of the function cannot ask for values of a sample (<c>item()</c>): a choice that depends on them is <c>F.where</c>
/// or <see cref="Control.Cond{T, TResult}(Tensor, Func{T, TResult}, Func{T, TResult}, T)"/>, of which both sides run. A loop whose number
/// of steps differs runs until all samples have ended.</para>
/// <para>An op without a rule for batches runs sample by sample, and <see cref="FellBack"/> tells.</para>
/// </remarks>
public static partial class Vmap
{
    /// <summary>
    /// Is told of each op that runs sample by sample, when a function is called or traced. Exceptions of subscribers reach that call.
    /// </summary>
    public static event Action<VmapFallback>? FellBack;

    /// <summary>A function over tensors for a batch: dim 0 of all inputs and results; for <see cref="Static.Lift"/>.</summary>
    /// <param name="function">The function of one sample.</param>
    public static TensorFunction Transform(TensorFunction function) => Transform(function, Randomness.Error);

    /// <summary>A function over tensors for a batch: dim 0 of all inputs and results; for <see cref="Static.Lift"/>.</summary>
    /// <param name="function">The function of one sample.</param>
    /// <param name="randomness">What is drawn where the key is the same for all samples.</param>
    /// <param name="axisName">The name of the batch, for <see cref="F.psum"/> and others; null for none.</param>
    /// <param name="chunkSize">How many samples are computed at once; null for all.</param>
    public static TensorFunction Transform(
        TensorFunction function, Randomness randomness, string? axisName = null, long? chunkSize = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var lifted = function.Target as LiftedVersion;
        var options = new VmapOptions(lifted?.Name ?? "function", 0, 0, axisName, null, chunkSize, randomness);
        return inputs =>
        {
            ArgumentNullException.ThrowIfNull(inputs);
            var call = new VmapCall(options);
            var paths = lifted?.Arguments.LeafPaths;
            var leaves = inputs.Select((input, i) => new VmapLeaf(
                input ?? throw new ArgumentNullException($"inputs[{i}]", (Exception?)null),
                paths is not null && i < paths.Count ? paths[i] : $"inputs[{i}]", 0)).ToArray();
            return call.Run(leaves, sample => function(sample), (_, types) => Array.ConvertAll(types, _ => (int?)0));
        };
    }

    internal static void Tell(VmapFallback fallback) => FellBack?.Invoke(fallback);

    /// <summary>Whether somebody wants to be told.</summary>
    internal static bool IsWatched => FellBack is not null;
}
