namespace Brachy.NN;

/// <summary>
/// A function as a layer, such as <c>new Lambda(F.tanh)</c> or <c>new Lambda(x =&gt; F.flatten(x, 1))</c>. The function is part of
/// the compile key. A lambda that captures nothing is one function however often it is made; one with captured variables is a new
/// function each time. What it captures is built into compiled code as it was then, and not trained: give it no tensors, but write a
/// module with a param or buffer.
/// </summary>
[Module]
public partial class Lambda
{
    /// <summary>The function.</summary>
    [Static]
    public partial Func<Tensor, Tensor> Function { get; set; }

    /// <summary>A layer that applies a function.</summary>
    public Lambda(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Function = function;
    }

    /// <summary>Applies the function.</summary>
    public Tensor Forward(Tensor x) => Function(x);
}
