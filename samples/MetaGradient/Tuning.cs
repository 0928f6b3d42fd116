using Brachy;
using Brachy.Optim;
using Quickstart.Data;

namespace MetaGradient;

/// <summary>What a meta-step came to.</summary>
/// <param name="Loss">The held-out loss after its training steps.</param>
/// <param name="Values">The hyperparameters after it.</param>
internal readonly record struct MetaPoint(double Loss, SgdSettings Values);

/// <summary>
/// Tunes hyperparameters: networks are trained one after the other, each for the same number of steps, and after every few of them the
/// hyperparameters move along the gradient of the held-out loss.
/// </summary>
internal sealed class Tuning(Examples examples, Settings settings)
{
    private const int Hidden = 32;

    /// <summary>Meta-steps without end; the caller stops.</summary>
    public IEnumerable<MetaPoint> Run()
    {
        var (hyper, hyperConfig) = new Hyperparameters(settings.Start);
        var (tuner, tunerConfig) = new ClipGradNorm(new Adam(hyper, lr: settings.TunerLr), maxNorm: 1);
        while (true)
        {
            var (model, config, sgd, sgdConfig) = Fresh(settings.Start);
            for (var done = 0; done < settings.Budget; done += settings.Inner)
            {
                MetaPoint point;
                using (TensorScope.Begin())
                {
                    var (x, y) = examples.Draw(Rng.NextKey(), settings.Inner, settings.Batch);
                    var window = new Window(x, y, examples.HeldOutX, examples.HeldOutY);
                    (tuner, hyper, sgd, model,
                        var loss) = MetaTraining.MetaStepJit(tuner, tunerConfig, hyper, sgd, sgdConfig, model, config, window);
                    point = new MetaPoint((double)loss, Hyperparameters.Bind(hyper, hyperConfig).Read());
                }

                yield return point;
            }
        }
    }

    /// <summary>Trains a fresh network with given settings, and tests it.</summary>
    public (double Loss, double Accuracy) Train(SgdSettings values)
    {
        var (model, config, sgd, sgdConfig) = Fresh(values);
        for (var i = 0; i < settings.Budget; i++)
        {
            using var scope = TensorScope.Begin();
            var (x, y) = examples.Draw(Rng.NextKey(), 1, settings.Batch);
            (sgd, model) = MetaTraining.StepJit(sgd, sgdConfig, model, config, F.select(x, 0, 0), F.select(y, 0, 0));
        }

        var (loss, accuracy) = MetaTraining.EvaluateJit(model, config, examples.TestX, examples.TestY);
        return ((double)loss, (double)accuracy);
    }

    private static (StructureTree Model, GlobalConfig Config, StructureTree Sgd, GlobalConfig SgdConfig) Fresh(SgdSettings values)
    {
        var (model, config) = new Network(DigitSet.Pixels, Hidden, DigitSet.Classes);
        var (sgd, sgdConfig) = new SGD(model, values.Lr, values.Momentum, values.WeightDecay);
        return (model, config, sgd, sgdConfig);
    }
}
