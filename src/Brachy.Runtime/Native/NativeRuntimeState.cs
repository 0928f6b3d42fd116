namespace Brachy.Native;

/// <summary>How the native libraries came to be loaded.</summary>
internal abstract record NativeRuntimeState
{
    private NativeRuntimeState()
    {
    }

    /// <summary>Nothing was changed: the libraries load as they are, or were not needed so far.</summary>
    public sealed record Untouched : NativeRuntimeState;

    /// <summary>An edited copy of TorchSharp's library was loaded.</summary>
    /// <param name="Path">Where the copy was loaded from; a private temporary copy is deleted once it is loaded.</param>
    public sealed record Patched(string Path) : NativeRuntimeState;

    /// <summary>The libraries could not be loaded.</summary>
    /// <param name="Reason">The cause and the remedy.</param>
    public sealed record Failed(string Reason) : NativeRuntimeState;
}
