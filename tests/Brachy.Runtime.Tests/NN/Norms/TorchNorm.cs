using TorchSharp;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.NN;

/// <summary>A norm of PyTorch that TorchSharp does not have, made of its functions.</summary>
internal sealed class TorchNorm : torch.nn.Module<TorchTensor, TorchTensor>
{
    private readonly Func<TorchNorm, TorchTensor, TorchTensor> _forward;

    public TorchNorm(
        (string Name, TorchTensor Value)[] parameters, (string Name, TorchTensor Value)[] buffers,
        Func<TorchNorm, TorchTensor, TorchTensor> forward)
        : base("norm")
    {
        _forward = forward;
        Array.ForEach(parameters, p => register_parameter(p.Name, new TorchSharp.Modules.Parameter(p.Value)));
        Array.ForEach(buffers, b => register_buffer(b.Name, b.Value));
    }

    public static TorchNorm Rms(double eps, params long[] shape) => new(
        [("weight", torch.ones(shape))],
        [],
        (norm, x) => x * (x.square().mean([.. Enumerable.Range(1, shape.Length).Select(i => (long)-i)], true) + eps).rsqrt()
            * norm.get_parameter("weight")!);

    /// <summary>A batch norm of [N, ..., C] whose statistics are the mean of all batches.</summary>
    public static TorchNorm CumulativeBatch(long features) => new(
        [("weight", torch.ones(features)), ("bias", torch.zeros(features))],
        [("running_mean", torch.zeros(features)), ("running_var", torch.ones(features)), (
            "num_batches_tracked", torch.zeros([], torch.int64))],
        (norm, x) =>
        {
            var batches = norm.get_buffer("num_batches_tracked")!;
            if (norm.training)
            {
                batches.add_(1);
            }

            return torch.nn.functional.batch_norm(
                x.movedim([-1], [1]), norm.get_buffer("running_mean"), norm.get_buffer("running_var"), norm.get_parameter("weight"),
                norm.get_parameter("bias"), norm.training, norm.training ? 1.0 / batches.ToInt64() : 0).movedim([1], [-1]);
        });

    public override TorchTensor forward(TorchTensor input) => _forward(this, input);
}
