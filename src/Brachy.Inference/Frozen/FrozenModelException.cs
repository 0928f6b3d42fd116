namespace Brachy.Inference;

/// <summary>A file is no frozen model, is damaged, or asks for more than the options allow.</summary>
/// <param name="message">What is wrong with it, and what to do.</param>
/// <param name="inner">What was thrown on the way; null for nothing.</param>
public sealed class FrozenModelException(string message, Exception? inner = null) : IOException(message, inner);
