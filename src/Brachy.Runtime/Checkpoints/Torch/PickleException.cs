namespace Brachy.IO;

/// <summary>What a pickle asks for is refused, or makes no sense; the reader says where and in which file.</summary>
internal sealed class PickleException(string problem, bool isRefusal, string? advice = null) : Exception(problem)
{
    /// <summary>Whether the file is sound but holds what is not allowed.</summary>
    public bool IsRefusal { get; } = isRefusal;

    public string? Advice { get; } = advice;
}
