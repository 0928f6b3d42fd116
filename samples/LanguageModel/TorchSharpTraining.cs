using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace LanguageModel;

/// <summary>Training steps of the network in eager TorchSharp, with <c>torch.optim.AdamW</c>, to compare with.</summary>
internal sealed class TorchSharpTraining : IDisposable
{
    private readonly TorchSharpLanguageModel _model;
    private readonly torch.optim.Optimizer _optimizer;

    public TorchSharpTraining(
        TorchSharpLanguageModel model, double learningRate, double beta1 = 0.9, double beta2 = 0.999, double weightDecay = 1e-2)
    {
        _model = model;
        _optimizer = torch.optim.AdamW(model.parameters(), learningRate, beta1, beta2, weight_decay: weightDecay);
    }

    /// <summary>One step.</summary>
    /// <param name="rows">int64 [batch, positions + 1]; negative numbers are padding.</param>
    /// <returns>The mean loss of the tokens that count.</returns>
    public double Step(torch.Tensor rows)
    {
        using var scope = torch.NewDisposeScope();
        var length = rows.shape[1] - 1;
        _optimizer.zero_grad();
        var logits = _model.call(rows.narrow(1, 0, length).clamp_min(0));
        var loss = cross_entropy(
            logits.view(-1, logits.shape[2]), rows.narrow(1, 1, length).reshape(-1), ignore_index: TrainingSteps.Padding);
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    public void Dispose() => _optimizer.Dispose();
}
