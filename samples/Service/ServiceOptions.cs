using System.ComponentModel.DataAnnotations;

namespace Service;

/// <summary>The section "Service" of the configuration: appsettings.json, environment (Service__MaxBatch), command line.</summary>
internal sealed class ServiceOptions
{
    /// <summary>The most images of one request.</summary>
    [Range(1, 10_000)]
    public int MaxImages { get; set; } = 16;

    /// <summary>The most images of one batch; at least those of one request.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 64;

    /// <summary>How long a batch waits for more requests, in milliseconds.</summary>
    [Range(0, 1000)]
    public int MaxDelay { get; set; } = 2;

    /// <summary>Requests that wait at most; further ones are refused.</summary>
    [Range(1, 1_000_000)]
    public int QueueLength { get; set; } = 256;

    /// <summary>The state of the training, which is read at the start where it exists.</summary>
    [Required]
    public string Checkpoint { get; set; } = "digits.safetensors";

    /// <summary>Training images.</summary>
    [Range(1, 1_000_000)]
    public int TrainImages { get; set; } = 4000;

    /// <summary>Epochs of training in all; 0 serves the checkpoint as it is.</summary>
    [Range(0, 1_000_000)]
    public int Epochs { get; set; } = 5;

    /// <summary>Images of a training step.</summary>
    [Range(1, 10_000)]
    public int TrainBatch { get; set; } = 64;

    /// <summary>After how many training steps the checkpoint is written, and the model that serves is replaced.</summary>
    [Range(1, 1_000_000)]
    public int StepsPerCheckpoint { get; set; } = 60;

    /// <summary>Chooses images, weights and order of the training.</summary>
    public int Seed { get; set; }
}
