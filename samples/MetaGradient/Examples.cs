using Brachy;
using Quickstart.Data;

namespace MetaGradient;

/// <summary>Rendered digits: for training, for judging hyperparameters, and for the final comparison.</summary>
internal sealed class Examples
{
    private readonly Tensor _x;
    private readonly Tensor _y;

    public Examples(int train, int heldOut, int test, int seed)
    {
        (_x, _y) = DigitTensors.Of(SyntheticDigits.Render(train, seed, DigitSplit.Train));
        (HeldOutX, HeldOutY) = DigitTensors.Of(SyntheticDigits.Render(heldOut, seed + 1, DigitSplit.Train));
        (TestX, TestY) = DigitTensors.Of(SyntheticDigits.Render(test, seed, DigitSplit.Test));
    }

    public Tensor HeldOutX { get; }

    public Tensor HeldOutY { get; }

    public Tensor TestX { get; }

    public Tensor TestY { get; }

    /// <summary>Random batches for some steps: [steps, batch, pixels] and [steps, batch].</summary>
    public (Tensor X, Tensor Y) Draw(RngKey key, int steps, int batch)
    {
        using var indices = Rng.RandInt(0, _y.shape[0], [steps * batch], key: key);
        using var x = F.index_select(_x, 0, indices);
        using var y = F.index_select(_y, 0, indices);
        return (F.clone(x.reshape(steps, batch, -1)), F.clone(y.reshape(steps, batch)));
    }
}
