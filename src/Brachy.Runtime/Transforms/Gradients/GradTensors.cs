using Brachy.CompilerServices;
using Brachy.Extending;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>Gradients of functions of tensors and <c>[Tree]</c> values.</summary>
public static partial class Grad
{
    /// <summary>The derivative of a function with a single-number result.</summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <param name="function">A function whose result has one element of a floating-point type.</param>
    /// <returns>
    /// A function with the same argument that gives the gradient: a value of the argument's structure, in which every
    /// floating-point tensor is replaced by the gradient and every other tensor by zeros. It throws a
    /// <see cref="DifferentiationException"/> for an argument whose tensors are all integers or truth values.
    /// </returns>
    public static Func<T, T> Of<T>(Func<T, Tensor> function)
    {
        var valueAndGrad = ValueAndGrad(function);
        return argument => valueAndGrad(argument).Grad;
    }

    /// <summary>A function with a single-number result, together with its derivative.</summary>
    /// <inheritdoc cref="Of{T}(Func{T, Tensor})"/>
    /// <returns>A function with the same argument that gives the value and the gradient.</returns>
    public static Func<T, (Tensor Value, T Grad)> ValueAndGrad<T>(Func<T, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var handler = HandlerOf<T>(isChosen: true, "The argument");
        return argument => Evaluate(argument, handler, function, TreeHandler.Tensor, loss => loss);
    }

    /// <summary>A function with a result of several parts, together with the derivative of one of them.</summary>
    /// <typeparam name="T">A tensor, <c>[Tree]</c> type, structure tree, or a tuple or list of them.</typeparam>
    /// <typeparam name="TResult">A result that holds tensors.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="loss">Picks the part to differentiate: one element of a floating-point type.</param>
    /// <returns>A function with the same argument that gives the whole result and the gradient.</returns>
    public static Func<T, (TResult Value, T Grad)> ValueAndGrad<T, TResult>(Func<T, TResult> function, Func<TResult, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(loss);
        var handler = HandlerOf<T>(isChosen: true, "The argument");
        var result = TreeHandler.For<TResult>();
        return argument => Evaluate(argument, handler, function, result, loss);
    }

    private static (TResult Value, T Grad) Evaluate<T, TResult>(
        T argument, TreeHandler<T> handler, Func<T, TResult> function, TreeHandler<TResult> resultHandler, Func<TResult, Tensor> loss,
        Tensor? scale = null, bool forCaller = true)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        handler.Flatten(argument, flattener);
        var definition = flattener.EndRecording();
        var leaves = flattener.Leaves.ToArray();

        // Eagerly and outside another gradient, nothing else can need the intermediate results.
        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        var (result, gradients) = Differentiate();
        for (var i = 0; i < gradients.Length; i++)
        {
            gradients[i] ??= F.zeros_like(leaves[i]);
        }

        if (RankMeans.AreOfGradients)
        {
            gradients = Array.ConvertAll(gradients, gradient => (Tensor?)RankMeans.Of(gradient!));
            result = result is Tensor value ? (TResult)(object)RankMeans.Of(value) : result;
        }

        if (scope is not null)
        {
            scope.KeepLeaves(result, resultHandler);
            Array.ForEach(gradients, gradient => scope.Keep(gradient!));
        }

        return (result, handler.Unflatten(new TreeUnflattener(definition, gradients!, forCaller)));

        (TResult Result, Tensor?[] Gradients) Differentiate()
        {
            // Only what is traced happens once; a gradient computed eagerly is a part of each step.
            using var span = Trace.Current is { IsSymbolic: true } trace ? Spans.Start("brachy.gradient", trace.Description) : null;
            try
            {
                return Extending.Pullback.Differentiate(
                    leaves,
                    aliases => function(handler.Unflatten(new TreeUnflattener(definition, aliases, forCaller: false))),
                    value => Seed(loss(value), scale));
            }
            catch (Exception error) when (Spans.Fail(span, error))
            {
                throw;
            }
        }
    }

    private static (Tensor[] Outputs, Tensor?[] Cotangents) Seed(Tensor loss, Tensor? scale)
    {
        if (loss is null)
        {
            throw new DifferentiationException("The function gave null where a loss was expected.");
        }

        if (loss.numel() != 1)
        {
            throw new DifferentiationException(
                $"A gradient needs a single number, but the loss is {loss.Type}; reduce it with sum() or mean().");
        }

        if (!loss.dtype.IsFloatingPoint())
        {
            throw new DifferentiationException(
                $"A gradient needs a floating-point loss, but it is {loss.Type}; integers have no derivative.");
        }

        if (scale is null)
        {
            return ([loss], [F.ones_like(loss)]);
        }

        return scale.numel() == 1 && scale.dtype.IsFloatingPoint()
            ? ([loss], [F.expand(F.reshape(scale, []).to(loss.dtype), loss.shape)])
            : throw new DifferentiationException($"A loss is scaled by a single floating-point number, but the scale is {scale.Type}.");
    }
}
