using System.Diagnostics;

namespace LanguageModel;

/// <summary>Sums up steps: mean loss, share of correct tokens, speed.</summary>
internal sealed class Meter
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private double _loss;
    private long _correct;
    private long _scored;
    private long _seen;

    /// <summary>Seconds since the start.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>The mean loss of all tokens.</summary>
    public double Loss => _loss / _scored;

    /// <summary>The share of tokens that were foretold correctly.</summary>
    public double Accuracy => (double)_correct / _scored;

    /// <summary>Tokens of a second.</summary>
    public double TokensPerSecond => _seen / Seconds;

    /// <summary>Adds a step. One whose loss has overflowed in half precision was skipped, and has no score.</summary>
    public void Add(StepSummary step)
    {
        _seen += step.Targets;
        if (double.IsFinite(step.Loss))
        {
            _loss += step.Loss * step.Targets;
            _correct += step.Correct;
            _scored += step.Targets;
        }
    }
}
