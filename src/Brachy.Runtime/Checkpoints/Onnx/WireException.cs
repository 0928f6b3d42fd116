namespace Brachy.IO;

/// <summary>Bytes are not what they should be; the reader says of what. The problem begins with a verb.</summary>
internal sealed class WireException(string problem) : Exception(problem);
