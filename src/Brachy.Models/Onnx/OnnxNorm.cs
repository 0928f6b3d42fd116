namespace Brachy.Models;

/// <summary>A batch norm of an ONNX file.</summary>
/// <param name="Channels">The number of channels.</param>
/// <param name="Scale">The name of its weight.</param>
/// <param name="Bias">The name of its bias.</param>
/// <param name="Mean">The name of its running mean.</param>
/// <param name="Variance">The name of its running variance.</param>
/// <param name="Eps">What is added to the variance.</param>
internal sealed record OnnxNorm(long Channels, string Scale, string Bias, string Mean, string Variance, double Eps);
