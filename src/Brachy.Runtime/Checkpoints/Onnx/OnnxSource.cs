namespace Brachy.IO;

/// <summary>Where the elements of a tensor stand.</summary>
internal abstract record OnnxSource;

/// <summary>As bytes in the file itself, little-endian.</summary>
internal sealed record OnnxRaw(WireRange Bytes) : OnnxSource;

/// <summary>As numbers in a field of a message.</summary>
/// <param name="Message">The message.</param>
/// <param name="Field">The field's number.</param>
/// <param name="Kind">How one number is written.</param>
/// <param name="IsSingle">Whether it is one number, which is 0 where it is left out.</param>
internal sealed record OnnxField(WireRange Message, int Field, WireKind Kind, bool IsSingle = false) : OnnxSource;

/// <summary>As bytes in another file, little-endian.</summary>
/// <param name="Location">The file's path from the folder of the model.</param>
/// <param name="Offset">The first byte there.</param>
internal sealed record OnnxExternal(string Location, long Offset) : OnnxSource;
