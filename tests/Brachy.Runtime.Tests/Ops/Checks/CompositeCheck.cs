using Brachy.Extending;
using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Compares a function of several primitives with libtorch's own.</summary>
internal static class CompositeCheck
{
    /// <summary>Fails unless values agree, and the gradients of a weighted sum of them.</summary>
    public static void ValueAndGradient(
        string name, Func<Tensor, Tensor> ours, Func<torch.Tensor, torch.Tensor> theirs, Tensor? at = null, double tolerance = 1e-12)
    {
        var x = at ?? Make.Real([2, 3]);

        // TorchSharp hands arrays of tensors to native code without keeping them; a scope does.
        using var scope = torch.NewDisposeScope();
        var native = x.AsTorch().clone().requires_grad_();
        var expected = theirs(native);
        var weights = Make.Real((Shape)expected.shape, seed: 7);
        var gradient = torch.autograd.grad([expected], [native], [weights.AsTorch()])[0];

        var (actual, gradients) = Pullback.Differentiate([x], t => ours(t[0]), y => ([y], [weights]));
        OpCheck.AssertClose(expected, actual, tolerance, name);
        OpCheck.AssertClose(gradient, gradients[0] ?? F.zeros_like(x), tolerance, $"gradient of {name}");
    }

    /// <summary>Fails unless values and element types agree.</summary>
    public static void Value(string name, torch.Tensor expected, Tensor actual) =>
        OpCheck.AssertClose(expected, actual, OpCheck.Rounding(actual.dtype), name);
}
