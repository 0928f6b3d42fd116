namespace Brachy;

/// <summary>What a view is bound to.</summary>
/// <param name="Tree">The node.</param>
/// <param name="Config">The settings.</param>
public readonly record struct ModuleBinding(StructureTree Tree, GlobalConfig Config);
