namespace Brachy.IO;

/// <summary>A checkpoint file cannot be read or written: it is damaged, of another kind, or holds what is not allowed.</summary>
/// <param name="file">The file.</param>
/// <param name="problem">What is wrong, and where, without a full stop.</param>
/// <param name="advice">What to do about it, a sentence; null for nothing to say.</param>
/// <param name="inner">What caused it.</param>
public sealed class CheckpointException(string file, string problem, string? advice = null, Exception? inner = null)
    : IOException($"{file}: {problem}.{(advice is null ? "" : " " + advice)}", inner)
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>What is wrong with it, and where.</summary>
    public string Problem { get; } = problem;

    /// <summary>What to do about it; null when there is nothing to say.</summary>
    public string? Advice { get; } = advice;
}
