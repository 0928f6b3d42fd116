namespace Brachy;

/// <summary>Constants of activations, which losses and dropout know too.</summary>
internal static class ActivationNumbers
{
    // Scale and shape of a self-normalising network. Source: Klambauer et al., arXiv:1706.02515.
    public const double SeluAlpha = 1.6732632423543772848170429916717;

    public const double SeluScale = 1.0507009873554804934193349852946;

    // Where softplus(x) rounds to x in float64.
    public const double ExactThreshold = 40;
}
