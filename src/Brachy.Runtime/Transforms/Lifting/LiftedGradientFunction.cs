using Brachy.CompilerServices;

namespace Brachy.Transforms;

/// <summary>A lifted function with results that are as a part of its arguments.</summary>
/// <param name="function">The function; the arguments to differentiate are marked by its handler.</param>
/// <param name="by">Picks the arguments to differentiate.</param>
internal sealed class LiftedGradientFunction<TArguments, TResult, TBy>(
    LiftedFunction<TArguments, TResult> function, Func<TArguments, TBy> by)
{
    private readonly TreeHandler<TBy> _by =
        typeof(TBy) == typeof(object) ? (TreeHandler<TBy>)(object)TreeHandler.Dynamic : TreeHandler.For<TBy>();

    public TBy Gradient(TArguments arguments) => ToGradient(arguments, function.Call(arguments).Outputs);

    public (TResult Value, TBy Grad) ValueAndGradient(TArguments arguments)
    {
        var (outputs, result) = function.Call(arguments);

        // The loss comes first; it is also a part of the result, or made from it.
        var values = Math.Min(outputs.Length, 1 + (result?.LeafCount ?? 0));
        return (function.ToResult(outputs.AsSpan(Math.Min(1, values)..values), result), ToGradient(arguments, outputs[values..]));
    }

    private TBy ToGradient(TArguments arguments, Tensor[] gradients)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        _by.Flatten(by(arguments), flattener);
        function.CheckCount(gradients.Length, flattener.LeafCount, "the gradient");
        return _by.Unflatten(new TreeUnflattener(flattener.EndRecording(), gradients, forCaller: true));
    }
}
