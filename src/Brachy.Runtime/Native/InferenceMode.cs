namespace Brachy.Native;

/// <summary>
/// Runs native code of the calling thread without anything that libtorch's own autograd needs: about half a microsecond less for each
/// operator. New tensors are then of a kind that autograd and in-place updates outside this mode refuse.
/// </summary>
internal readonly ref struct InferenceMode
{
    private readonly nint _guard;

    private InferenceMode(nint guard) => _guard = guard;

    public static InferenceMode Enter(bool isWanted) => new(isWanted ? TorchNative.EnterInferenceMode(true) : 0);

    public void Dispose()
    {
        if (_guard != 0)
        {
            TorchNative.LeaveInferenceMode(_guard);
        }
    }
}
