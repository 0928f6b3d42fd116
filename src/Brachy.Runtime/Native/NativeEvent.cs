namespace Brachy.Native;

/// <summary>Something that Brachy decided about the native libraries of this process; see <see cref="NativeRuntime.Events"/>.</summary>
/// <param name="Subject">What it is about: <c>oneDNN</c>, <c>NNPACK</c>, <c>threads</c> or <c>costs</c>.</param>
/// <param name="Message">What was decided, and why.</param>
public sealed record NativeEvent(string Subject, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Subject}: {Message}";
}
