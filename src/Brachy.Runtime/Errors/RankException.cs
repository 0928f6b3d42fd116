namespace Brachy;

/// <summary>
/// Ranks cannot work together: there is no MPI library, or the wrong one for the launcher; ranks disagree about what they do; one ended
/// while others wait for it; or MPI itself reports an error. The message says which, and what to do about it.
/// </summary>
public sealed class RankException : Exception
{
    /// <summary>Creates the exception with a default message.</summary>
    public RankException()
        : this("Ranks cannot work together.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The cause and the remedy.</param>
    public RankException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The cause and the remedy.</param>
    /// <param name="innerException">What the operating system or the runtime reported.</param>
    public RankException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The cause and the remedy.</param>
    /// <param name="rank">The rank that it is about.</param>
    public RankException(string message, int rank)
        : base(message) => Rank = rank;

    /// <summary>The rank that ended, hangs, or does something else than this one; null where it is about none.</summary>
    public int? Rank { get; }
}
