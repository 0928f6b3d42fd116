namespace Brachy.Inference;

/// <summary>A field that is a formula of sizes.</summary>
internal sealed record BuiltFormula(FrozenNumber Number, bool IsReal);
