namespace Brachy.ShapeCheck;

/// <summary>An example that cannot be used, with what to do about it.</summary>
internal sealed class ExampleException(string message) : Exception(message);
