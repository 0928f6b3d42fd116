using System.Text.Json.Serialization;

namespace Sequence;

/// <summary>How an epoch went.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Loss">The mean loss of its steps.</param>
/// <param name="HeldOut">How forecasts fit what is held out; null when nobody looked.</param>
internal sealed record EpochSummary(int Epoch, double Loss, Score? HeldOut);

/// <summary>The JSON in checkpoints.</summary>
[JsonSerializable(typeof(List<EpochSummary>))]
internal sealed partial class TrainJson : JsonSerializerContext;
