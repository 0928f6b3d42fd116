using System.Globalization;
using Brachy;
using Brachy.Modules;
using Samples.Shared;
using Spectre.Console;

namespace LanguageModel;

/// <summary>The main job: trains a network, reports how it goes, and shows a sample of its text.</summary>
internal sealed class TrainRun : IDisposable
{
    private readonly TrainOptions _options;
    private readonly LanguageTraining _training;
    private readonly Corpus _corpus;
    private readonly TextBatches _batches;
    private readonly List<Batch> _heldOut;
    private readonly TensorBoardLog _board;

    private TrainRun(TrainOptions options)
    {
        _options = options;
        RequireNoChanges(options);
        var files = options.Data.Count > 0 ? TextFiles.Find(options.Data) : TextFiles.OfRepository();
        var settings = options.Resume is { } resumed
            ? LanguageTraining.LoadSettings(resumed)
            : options.Over(RunSettingsYaml.Load(options.Config ?? Path.Combine(AppContext.BaseDirectory, "config", "repository.yaml")));
        _corpus = new Corpus(files, settings.Data.HeldOutEvery);
        _training = options.Resume is { } path
            ? LanguageTraining.Load(path, _corpus.Fingerprint())
            : new LanguageTraining(settings, TokenizerChoice.Make(settings.Data, _corpus));
        _batches = new TextBatches(_corpus, _training.Tokenizer, _training.Settings);
        _heldOut = _batches.HeldOut(settings.Train.EvalBatches);
        _board = new TensorBoardLog(Rank.IsFirst ? options.TensorBoard : null);
    }

    public static int Run(TrainOptions options)
    {
        RankConsole.KeepToFirst();
        using var run = new TrainRun(options);
        run.Introduce();
        run.Train();
        if (Rank.IsFirst)
        {
            run.ShowSample();
        }

        return 0;
    }

    public void Dispose() => _batches.Dispose();

    private static void RequireNoChanges(TrainOptions options)
    {
        if (options.Resume is not null && options.ChangesSettings)
        {
            throw new InputException(
                "--resume goes on with the settings of the checkpoint; leave out --config and the options that change it");
        }
    }

    private void Introduce()
    {
        var (vocabulary, settings, seed) = (_training.Tokenizer.VocabSize, _training.Settings, _training.Settings.Train.Seed);
        var (steps, tokens) = (Optimizers.Steps(settings), Optimizers.TokensPerStep(settings));
        var numbers = _training.Model.Tree.GetParams().DistinctTensors().Sum(entry => entry.Tensor.numel());
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{_corpus.Count} files; {vocabulary} tokens; {numbers:N0} params; {steps} steps of {tokens} tokens; seed {seed}.");
        if (_training.Step > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"Resumed at step {_training.Step}.");
            if (_training.BitsNotice is { } notice)
            {
                AnsiConsole.MarkupLineInterpolated($"{notice}");
            }
        }
    }

    /// <summary>Ctrl-C ends training early, with a checkpoint and a sample.</summary>
    private void Train()
    {
        using var interruption = new Interruption();
        var stop = interruption.Token;
        if (AnsiConsole.Profile.Capabilities.Interactive)
        {
            AnsiConsole.Progress().Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(progress =>
                {
                    var task = progress.AddTask("training", maxValue: Optimizers.Steps(_training.Settings));
                    Steps(stop, step => task.Value = step);
                });
        }
        else
        {
            Steps(stop, _ => { });
        }
    }

    private void Steps(CancellationToken stop, Action<long> onStep)
    {
        var train = _training.Settings.Train;
        var last = Math.Min(Optimizers.Steps(_training.Settings), _options.StopAfter ?? long.MaxValue);
        if (_training.Step < last)
        {
            var batches = _batches.From(_training.Epoch, _training.NextBatch);
            var (whole, recent) = (new Meter(), new Meter());
            foreach (var batch in batches)
            {
                var summary = _training.Learn(batch);
                whole.Add(summary);
                recent.Add(summary);
                onStep(_training.Step);
                var isLast = _training.Step >= last || stop.IsCancellationRequested;
                if (isLast || recent.Seconds >= train.LogFreqSeconds)
                {
                    Report(recent, whole);
                    recent = new Meter();
                }

                if (isLast || _training.Step % train.EvalFreqSteps == 0)
                {
                    ReportHeldOut();
                }

                if (_options.Checkpoint is { } path && (isLast || _training.Step % _options.CheckpointEvery == 0))
                {
                    _training.Save(path, _corpus.Fingerprint());
                }

                if (isLast)
                {
                    break;
                }
            }
        }
    }

    private void Report(Meter recent, Meter whole)
    {
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"step {_training.Step,6}  loss {recent.Loss:F4}  running {whole.Loss:F4}  accuracy {100 * recent.Accuracy,5:F2}%  "
            + $"{recent.TokensPerSecond,6:F0} tokens/s"));
        _board.Add(
            _training.Step, ("train/loss", recent.Loss), ("train/accuracy", recent.Accuracy), ("train/running_loss", whole.Loss),
            ("lr", _training.LearningRate), ("tokens_per_second", recent.TokensPerSecond));
    }

    private void ReportHeldOut()
    {
        if (_heldOut.Count == 0)
        {
            return;
        }

        var (loss, accuracy) = _training.Evaluate(_heldOut);
        var (step, perplexity) = (_training.Step, Math.Exp(loss));
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"step {step,6}  held-out text: loss {loss:F4}  accuracy {100 * accuracy:F2}%  perplexity [bold]{perplexity:F2}[/]");
        _board.Add(step, ("held_out/loss", loss), ("held_out/accuracy", accuracy), ("held_out/perplexity", perplexity));
    }

    private void ShowSample()
    {
        var (model, config) = _training.Model;
        var generator = new TextGenerator(MixedPrecision.Restore(model), config, _training.Tokenizer);
        var tokens = generator.Continue(
            _options.Prompt, new SamplingSettings(Temperature: 0.7, TopP: 0.95), _training.Settings.Train.Seed, count: 200);
        AnsiConsole.Write(
            new Panel(new Text(_options.Prompt + _training.Tokenizer.Decode(tokens))).Header("a sample of its text").Expand());
    }
}
