namespace Brachy;

/// <summary>
/// The native libraries that Brachy computes with (libtorch and TorchSharp's wrapper of it) could not be loaded.
/// The message says why and what to do about it.
/// </summary>
public sealed class NativeLibraryException : Exception
{
    /// <summary>Creates the exception with a default message.</summary>
    public NativeLibraryException()
        : this("The native libtorch libraries could not be loaded.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The cause and the remedy.</param>
    public NativeLibraryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The cause and the remedy.</param>
    /// <param name="innerException">What the operating system or the runtime reported.</param>
    public NativeLibraryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
