namespace Quickstart.Data;

/// <summary>A data file is missing or is not what it should be; the message is one line for the user.</summary>
internal sealed class DataFormatException(string message, Exception? inner = null) : IOException(message, inner);
