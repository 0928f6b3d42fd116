using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>Runs a loop with eager kernels.</summary>
internal static class LoopKernel
{
    public static torch.Tensor[] Run(EagerArgs<LoopSettings> x)
    {
        var settings = x.Settings;
        var step = new GraphRun(settings.Step.Graph);
        var condition = settings.Condition is { } body ? new GraphRun(body.Graph) : null;
        var inputs = Enumerable.Range(0, x.Count).Select(i => Tensor.FromTorch(x[i])).ToArray();
        var captured = inputs[settings.FirstCaptured..];
        var stacks = settings.Step.Graph.Outputs.Skip(settings.Carries).Select(atom => Zeros(atom.Type, settings.Length!.Value)).ToArray();
        var length = settings.HasCount ? inputs[0].item<long>() : settings.Length ?? long.MaxValue;
        var carries = Array.ConvertAll(inputs[settings.FirstCarry..settings.FirstSlice], carry => carry.Alias());
        var count = 0L;
        for (; count < length && (condition is null || Holds(condition, [.. carries, .. captured])); count++)
        {
            var row = settings.Reverse ? length - 1 - count : count;
            var slices = Array.ConvertAll(inputs[settings.FirstSlice..settings.FirstCaptured], stack => Row(stack, row));
            var results = step.Run([.. carries, .. slices, .. captured]);
            for (var i = 0; i < stacks.Length; i++)
            {
                Store(stacks[i], row, results[settings.Carries + i]!);
            }

            Free([.. carries, .. slices]);
            carries = results[..settings.Carries]!;
        }

        torch.Tensor[] outputs = [.. carries.Select(Clone), .. stacks];
        Free([.. carries, .. inputs]);
        return settings.GivesCount ? [.. outputs, torch.full([], NativeNumber.Of(count), torch.int64)] : outputs;
    }

    private static bool Holds(GraphRun condition, Tensor[] inputs)
    {
        using var result = condition.Run(inputs)[0]!;
        return result.item<bool>();
    }

    private static torch.Tensor Zeros(TensorType type, long length) =>
        torch.zeros([length, .. type.Shape], type.DType.ToTorch(), type.Device.ToTorch());

    private static Tensor Row(Tensor stack, long row)
    {
        using var use = stack.Use();
        using var slice = use.Buffer.AsTorch().select(0, row);
        return Tensor.FromTorch(slice);
    }

    private static void Store(torch.Tensor stack, long row, Tensor value)
    {
        using (value)
        using (var use = value.Use())
        using (var target = stack.select(0, row))
        {
            target.copy_(use.Buffer.AsTorch());
        }
    }

    private static torch.Tensor Clone(Tensor value)
    {
        using var use = value.Use();
        return use.Buffer.AsTorch().clone();
    }

    private static void Free(Tensor[] tensors) => Array.ForEach(tensors, tensor => tensor.Dispose());
}
