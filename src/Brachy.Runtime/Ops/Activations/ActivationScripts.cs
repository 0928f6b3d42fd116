using Brachy.Extending;

namespace Brachy;

/// <summary>TorchScript that activations share.</summary>
internal static class ActivationScripts
{
    /// <summary>
    /// A gradient by x (the second operand) that is NaN where x is. There libtorch's kernels give NaN or a slope,
    /// depending on the element's place.
    /// </summary>
    public static string NanWhereNan(ScriptArgs x, string gradient) => $"torch.where(torch.isnan({x[1]}), {x[1]}, {gradient})";
}
