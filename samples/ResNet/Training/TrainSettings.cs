using System.Text.Json.Serialization;

namespace ResNet;

/// <summary>All that a training depends on, beside its data. Checkpoints hold it.</summary>
internal sealed record TrainSettings(
    string Architecture, int Width, int Epochs, int Batch, double Lr, int Seed, string Precision, int Train, int Test);

/// <summary>How an epoch went.</summary>
internal sealed record EpochSummary(int Epoch, double Loss, double Accuracy, double TestLoss, double TestAccuracy);

/// <summary>The JSON in checkpoints.</summary>
[JsonSerializable(typeof(TrainSettings))]
[JsonSerializable(typeof(List<EpochSummary>))]
internal sealed partial class TrainJson : JsonSerializerContext;
