using Samples.Shared;

namespace LanguageModel.Tests;

/// <summary>Configurations in YAML.</summary>
public class SettingsTests
{
    [Theory]
    [InlineData("repository.yaml")]
    [InlineData("c4.yaml")]
    public void WrittenSettingsAreReadAsTheSame(string file)
    {
        var settings = RunSettingsYaml.Load(Path.Combine(AppContext.BaseDirectory, "config", file));
        Assert.Equal(settings, RunSettingsYaml.Parse("again", RunSettingsYaml.Write(settings)));
    }

    [Fact]
    public void EveryKeyCounts()
    {
        var settings = RunSettingsYaml.Parse("test.yaml", """
            model: {num_layers: 2, embed_dim: 48, num_heads: 6, max_input_length: 30}
            data: {tokenizer: gpt2, vocab_size: 300, pack: false, shuffle_buffer: 7, held_out_every: 5}
            train:
              batch_size: 3
              num_workers: 0
              log_freq_seconds: 2.5
              max_tokens: 1e9
              eval_freq_steps: 11
              eval_batches: 4
              mixed_precision: true
              mixed_precision_scalar: 512
              seed: 9
              optimizer:
                name: Lion
                lr: 1e-4
                weight_decay: 1e-3
                betas: [0.8, 0.99]
                schedule: linear_decay
                warmup_tokens: 1e7
                clip: 0.5
                clip_type: norm
            """);
        var optimizer = new OptimizerSettings(
            OptimizerName.Lion, 1e-4, 1e-3, (0.8, 0.99), ScheduleName.LinearDecay, 10_000_000, 0.5, ClipType.Norm);
        Assert.Equal(
            new RunSettings(
                new ModelSettings(2, 48, 6, 30, 0), new DataSettings(TokenizerKind.Gpt2, 300, false, 7, 5),
                new TrainSettings(3, 0, 2.5, 1_000_000_000, 11, 4, Precision.Fp16, 512, 9, optimizer)),
            settings);
    }

    [Theory]
    [InlineData(
        "model:\n  num_layer: 3",
        "c.yaml, line 2: there is no key 'model.num_layer'; known are embed_dim, max_input_length, num_heads, num_layers")]
    [InlineData("models: 3", "c.yaml, line 1: there is no key 'models'; known are data, model, train")]
    [InlineData("train:\n  optimizer:\n    momentum: 1", "c.yaml, line 3: there is no key 'train.optimizer.momentum'; known are betas, "
        + "clip, clip_type, lr, name, schedule, warmup_tokens, weight_decay")]
    [InlineData("train:\n\n  batch_size: many", "c.yaml, line 3: train.batch_size must be a whole number from 1 to 1000000, not 'many'")]
    [InlineData("train: {batch_size: 1.5}", "c.yaml, line 1: train.batch_size must be a whole number from 1 to 1000000, not '1.5'")]
    [InlineData(
        "train: {batch_size: '16'}", "c.yaml, line 1: train.batch_size must be a whole number from 1 to 1000000, not the text '16'")]
    [InlineData("train: {batch_size: [16]}", "c.yaml, line 1: train.batch_size must be a whole number from 1 to 1000000, not a list")]
    [InlineData("train:\n  optimizer: AdamW", "c.yaml, line 2: train.optimizer must hold keys with values")]
    [InlineData("train:\n  optimizer:\n    betas: 0.9", "c.yaml, line 3: train.optimizer.betas must be two numbers in brackets, not '0.9'")]
    [InlineData(
        "train:\n  optimizer:\n    betas: [0.9, x]", "c.yaml, line 3: train.optimizer.betas must be a number from 0 to 0.9999999, not 'x'")]
    [InlineData("train:\n  optimizer:\n    lr: nan", "c.yaml, line 3: train.optimizer.lr must be a number from 0 to 1000, not 'nan'")]
    [InlineData(
        "train:\n  optimizer:\n    schedule: cosine",
        "c.yaml, line 3: train.optimizer.schedule must be none, linear_decay or cosine_annealing, not 'cosine'")]
    [InlineData("data:\n  pack: yes", "c.yaml, line 2: data.pack must be true or false, not 'yes'")]
    [InlineData("model: {embed_dim: 10, num_heads: 4}", "model.embed_dim 10 (--width) must be a multiple of model.num_heads 4 (--heads)")]
    [InlineData("- a\n- b", "c.yaml, line 1: must hold keys with values")]
    public void WrongOnesAreRefusedByLineAndKey(string yaml, string message) =>
        Assert.Equal(message, Assert.Throws<InputException>(() => RunSettingsYaml.Parse("c.yaml", yaml)).Message);

    [Theory]
    [InlineData("model: [1, 2", 2)]
    [InlineData("model:\n  num_layers: 1\n  num_layers: 2", 3)]
    [InlineData("a: 1\n---\nb: 2", 3)]
    public void WhatIsNoYamlNamesItsLine(string yaml, int line) =>
        Assert.StartsWith(
            $"c.yaml, line {line}: ", Assert.Throws<InputException>(() => RunSettingsYaml.Parse("c.yaml", yaml)).Message,
            StringComparison.Ordinal);
}
