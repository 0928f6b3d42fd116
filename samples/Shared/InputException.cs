namespace Samples.Shared;

/// <summary>Something that the user gave is missing or wrong: a file, its content, a setting. The message is one line.</summary>
internal sealed class InputException(string message, Exception? inner = null) : IOException(message, inner);
