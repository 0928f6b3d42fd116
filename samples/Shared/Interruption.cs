using Brachy;

namespace Samples.Shared;

/// <summary>
/// While it lives, Ctrl-C cancels a token, and does not end the program; that of several ranks it ends, since they would stop at different
/// steps.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public Interruption() => Console.CancelKeyPress += OnCancel;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        _stop.Dispose();
    }

    private void OnCancel(object? sender, ConsoleCancelEventArgs e)
    {
        if (Rank.Count == 1)
        {
            e.Cancel = true;
            _stop.Cancel();
        }
    }
}
