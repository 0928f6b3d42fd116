using Brachy.Extending;

namespace Brachy;

/// <summary>The gradients that are wanted of x, weight and bias, by their numbers.</summary>
internal abstract record NormGradientSettings(Shape Needs) : Settings;
