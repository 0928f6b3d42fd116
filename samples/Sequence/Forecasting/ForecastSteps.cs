using Brachy;

namespace Sequence;

/// <summary>What is compiled for forecasts.</summary>
public static partial class ForecastSteps
{
    /// <summary>
    /// Ways that series may go on, drawn value by value: the network reads what is known, and then what it has drawn itself. One native
    /// call, whatever the horizon: the loop is part of it.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="values">Series in standard form, [series, width].</param>
    /// <param name="lengths">How many values of each are known, int64[series].</param>
    /// <param name="key">The random key.</param>
    /// <param name="lags">How far before a value the network looks besides the one before it; the farthest comes last.</param>
    /// <param name="horizon">How many values to draw.</param>
    /// <param name="paths">How many ways.</param>
    /// <returns>[horizon, series, paths].</returns>
    [Jit]
    public static Tensor Draw(
        StructureTree model, GlobalConfig config, Tensor values, Tensor lengths, RngKey key, [Static] IReadOnlyList<long> lags,
        [Static] long horizon, [Static] long paths)
    {
        ArgumentNullException.ThrowIfNull(lags);
        config = config.With("train_mode", false);
        var (farthest, series) = (lags[^1], lengths.shape[0]);
        var (input, _, counts) = TrainingSteps.Windows(values, lengths, lags);
        var (_, known) = Forecaster.Apply(model, config, input, null, null, counts);

        // The last values of each series, from the oldest that will be read on.
        var places = F.clamp(lengths.unsqueeze(1) - farthest + F.arange(farthest), min: 0);
        var first = (
            H: F.repeat_interleave(known.H, paths, 1), C: F.repeat_interleave(known.C, paths, 1),
            Latest: F.transpose(F.repeat_interleave(F.gather(values, 1, places), paths, 0), 0, 1));
        return Control.Scan(
            ((Tensor H, Tensor C, Tensor Latest) state, Tensor step) =>
            {
                Tensor Before(long distance) => F.narrow(state.Latest, 0, farthest - distance, 1);
                var x = F.stack([Before(1), .. lags.Select(Before)], -1);
                var (_, next) = Forecaster.Apply(model, config, x, state.H, state.C, null);
                var noise = Rng.Normal(next.Mean.shape, next.Mean.dtype, Rng.FoldIn(key, step));
                var value = next.Mean + (next.Deviation * noise);
                var latest = F.cat([F.narrow(state.Latest, 0, 1, farthest - 1), value], 0);
                return ((next.H, next.C, latest), F.reshape(value, series, paths));
            },
            first, F.arange(horizon)).Outputs;
    }
}
