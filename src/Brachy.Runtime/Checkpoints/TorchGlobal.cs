namespace Brachy;

/// <summary>A class or function that a checkpoint names. Only the few of <see cref="TorchGlobals"/> come to be.</summary>
internal sealed record TorchGlobal(string Name);
