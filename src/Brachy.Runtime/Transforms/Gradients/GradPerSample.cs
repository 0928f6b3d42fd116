using Brachy.CompilerServices;
using Brachy.Transforms;

namespace Brachy;

/// <summary>Gradients of each sample of a batch.</summary>
public static partial class Grad
{
    /// <summary>
    /// The gradients of a loss for each sample of a batch by what all samples share, computed at once: what clipping per sample and
    /// influence functions need.
    /// </summary>
    /// <typeparam name="T">What to differentiate by: a tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TSample">The data of one sample, of the same kinds.</typeparam>
    /// <param name="loss">From the shared argument and the data of one sample to its loss: one element of a floating-point type.</param>
    /// <param name="chunkSize">How many samples are computed at once, since each has gradients of its own; null for all.</param>
    /// <param name="randomness">What is drawn where the key is the same for all samples.</param>
    /// <returns>
    /// A function of the shared argument and a batch, which is dim 0 of each tensor of the data. It gives the losses, of shape [batch], and
    /// a value of the shared argument's structure with the gradients of all samples, of shape [batch, ...].
    /// </returns>
    /// <exception cref="ArgumentNullException">The function is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A chunk is empty.</exception>
    public static Func<T, TSample, (Tensor Losses, T Grads)> PerSample<T, TSample>(
        Func<T, TSample, Tensor> loss, long? chunkSize = null, Randomness randomness = Randomness.Error)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var handler = HandlerOf<T>(isChosen: true, "The first argument");
        return EachSample<T, TSample>(
            (shared, sample) => Evaluate(shared, handler, own => loss(own, sample), TreeHandler.Tensor, value => value, forCaller: false),
            TreeHandler.For<T>(), chunkSize, randomness);
    }

    /// <summary>
    /// The gradients of a model's loss for each sample of a batch by the params of the model; buffers are not differentiated.
    /// </summary>
    /// <inheritdoc cref="PerSample{T, TSample}(Func{T, TSample, Tensor}, long?, Randomness)"/>
    /// <param name="loss">From the model and the data of one sample to its loss: one element of a floating-point type.</param>
    /// <param name="chunkSize">How many samples are computed at once, since each has gradients of its own; null for all.</param>
    /// <param name="randomness">What is drawn where the key is the same for all samples.</param>
    /// <returns>
    /// A function of the model and a batch, which is dim 0 of each tensor of the data. It gives the losses, of shape [batch], and a tree of
    /// the model's params with the gradients of all samples, of shape [batch, ...].
    /// </returns>
    public static Func<StructureTree, TSample, (Tensor Losses, StructureTree Grads)> PerSample<TSample>(
        Func<StructureTree, TSample, Tensor> loss, long? chunkSize = null, Randomness randomness = Randomness.Error)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return EachSample<StructureTree, TSample>(
            (model, sample) => TreeValueAndGrad(model, own => loss(own, sample), value => value, TreeHandler.Tensor),
            TreeHandler.StructureTree, chunkSize, randomness);
    }

    private static Func<T, TSample, (Tensor Losses, T Grads)> EachSample<T, TSample>(
        Func<T, TSample, (Tensor Loss, T Grads)> function, TreeHandler<T> grads, long? chunkSize, Randomness randomness)
    {
        var options = VmapOptions.Of("PerSample", 2, [null, 0], null, null, null, chunkSize, randomness);
        var mapped = new VmapFunction<Arguments<T, TSample>, (Tensor Losses, T Grads)>(
            options, new ArgumentsHandler<T, TSample>(ArgumentRoles.OfLift(2, null)), TreeHandler.Tuple(TreeHandler.Tensor, grads),
            a => function(a.Argument1, a.Argument2));
        return (shared, sample) => mapped.Call(new(shared, sample));
    }
}
