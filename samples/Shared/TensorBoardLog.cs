using TorchSharp;
using TorchSharp.Modules;

namespace Samples.Shared;

/// <summary>Curves for TensorBoard; without a folder nothing is written.</summary>
/// <param name="folder">Where the event file goes, or null.</param>
internal sealed class TensorBoardLog(string? folder)
{
    private readonly SummaryWriter? _writer = folder is null ? null : torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);

    /// <summary>Adds points of curves.</summary>
    /// <param name="step">Where they stand.</param>
    /// <param name="points">Names and values.</param>
    public void Add(long step, params ReadOnlySpan<(string Name, double Value)> points)
    {
        foreach (var (name, value) in points)
        {
            _writer?.add_scalar(name, (float)value, (int)step);
        }
    }
}
