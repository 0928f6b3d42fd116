using Brachy.Extending;

namespace Brachy.IO.Onnx;

/// <summary>Why some ops have no rule.</summary>
internal static class RefusedOps
{
    /// <summary>The reason, and what to do.</summary>
    public static string ReasonOf(Primitive primitive) =>
        primitive.DrawsByKey || primitive == F.FoldIn
            ? "it draws random numbers; export the model with a config for evaluation, or pass what is drawn as an input"
        : primitive.Name.EndsWith("_backward", StringComparison.Ordinal)
            ? "it computes a gradient; export the model's forward function"
        : "no operators of ONNX are written for it; compute it outside of the model, and pass the result as an input";
}
