using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace ResNet;

/// <summary>Training steps of a network in eager TorchSharp, with <c>torch.optim.SGD</c>, to compare with.</summary>
internal sealed class TorchSharpTraining : IDisposable
{
    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _model;
    private readonly torch.optim.Optimizer _optimizer;

    public TorchSharpTraining(
        torch.nn.Module<torch.Tensor, torch.Tensor> model, double learningRate, double momentum = 0.9, double weightDecay = 5e-4)
    {
        _model = model;
        _optimizer = torch.optim.SGD(model.parameters(), learningRate, momentum, weight_decay: weightDecay);
    }

    /// <summary>One step.</summary>
    /// <param name="images">[N, 3, 32, 32], of the type of the params, normalised.</param>
    /// <param name="labels">int64 [N].</param>
    /// <returns>The mean loss.</returns>
    public double Step(torch.Tensor images, torch.Tensor labels)
    {
        using var scope = torch.NewDisposeScope();
        _optimizer.zero_grad();
        var loss = cross_entropy(_model.call(images), labels);
        loss.backward();
        _optimizer.step();
        return loss.ToDouble();
    }

    public void Dispose() => _optimizer.Dispose();
}
