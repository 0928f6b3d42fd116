using Brachy.Extending;

namespace Brachy.Inference;

/// <summary>A kind of settings, as files and sources have it.</summary>
/// <param name="Number">Its number in the format.</param>
/// <param name="Type">The record.</param>
/// <param name="Make">Makes settings of their fields.</param>
internal sealed record SettingsKind(int Number, Type Type, Func<SettingsFields, Settings> Make);
