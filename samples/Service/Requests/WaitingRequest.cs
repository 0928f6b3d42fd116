namespace Service;

/// <summary>Images that wait for their answer.</summary>
/// <param name="Pixels">The images one after the other.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Dropped">Cancelled when nobody waits any more.</param>
internal sealed record WaitingRequest(byte[] Pixels, int Count, CancellationToken Dropped)
{
    private readonly TaskCompletionSource<(float[] Probabilities, long Step)> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The probabilities of all images, and the step of the model that gave them.</summary>
    public Task<(float[] Probabilities, long Step)> Answer => _answer.Task;

    /// <summary>Ends the wait by an answer.</summary>
    public void Complete(float[] probabilities, long step) => _answer.TrySetResult((probabilities, step));

    /// <summary>Ends the wait by an exception.</summary>
    public void Fail(Exception error) => _answer.TrySetException(error);

    /// <summary>Ends the wait of nobody.</summary>
    public void Drop() => _answer.TrySetCanceled(Dropped);
}
