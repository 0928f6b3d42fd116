using Brachy.Extending;

namespace Brachy;

/// <summary>The element type of a new tensor, and where it lies.</summary>
internal abstract record CreationSettings(DType DType, Device Device) : Settings;
