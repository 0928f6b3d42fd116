using Brachy.Extending;
using TorchSharp;
using TorchModule = TorchSharp.torch.nn.Module;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.NN;

/// <summary>The two ways in which the layer table computes a row.</summary>
internal static class LayerCheck
{
    /// <summary>A layer of the row and libtorch's with the same values, both in float64.</summary>
    public static (StructureTree Tree, GlobalConfig Config, TorchModule Torch) Pair(LayerSample sample)
    {
        using var rng = Rng.Scope(5);
        var (tree, config) = sample.Layer();
        tree = tree.MapParamsBuffers((_, t) => t.dtype == DType.Float32 ? t.to(DType.Float64) : t);
        var module = sample.Torch();
        module.to(torch.ScalarType.Float64);
        using var noGrad = torch.no_grad();
        var own = tree.Tensors().ToDictionary(t => t.Path, t => t.Tensor);
        foreach (var (path, tensor) in StateOf(module))
        {
            tensor.copy_(own[path].AsTorch());
        }

        return (tree, config, module);
    }

    /// <summary>Params and buffers of libtorch's layer by path.</summary>
    public static IEnumerable<(string Path, TorchTensor Tensor)> StateOf(TorchModule module) =>
        [.. module.named_parameters().Select(p => (p.name, (TorchTensor)p.parameter)), .. module.named_buffers().Select(
            b => (b.name, b.buffer))];

    /// <summary>One step by Brachy, inside a trace or eagerly.</summary>
    public static (StructureTree Tree, Tensor[] Outputs, Tensor[] Gradients) Step(
        LayerSample sample, StructureTree tree, GlobalConfig config, Tensor[] inputs)
    {
        var parameters = tree.GetParams().Tensors().ToArray();
        var real = Enumerable.Range(0, inputs.Length).Where(i => inputs[i].dtype.IsFloatingPoint()).ToArray();
        Tensor[] wanted = [.. parameters.Select(p => p.Tensor), .. real.Select(i => inputs[i])];
        var (result, gradients) = Pullback.Differentiate(
            wanted,
            aliases =>
            {
                var next = 0;
                var model = tree.WithParams(tree.GetParams().MapParamsBuffers((_, _) => aliases[next++]));
                var arguments = (Tensor[])inputs.Clone();
                Array.ForEach(real, i => arguments[i] = aliases[next++]);
                return sample.Apply(model, config, arguments);
            },
            result => (result.Outputs, sample.IsDifferentiable ? Weights(result.Outputs) : new Tensor?[result.Outputs.Length]));

        // The layer's params came back as aliases inside the gradient: the caller wants its own.
        return (result.Tree.WithParams(tree.GetParams()), result.Outputs, [.. gradients.Select((g, i) => g ?? F.zeros_like(wanted[i]))]);
    }

    /// <summary>One step by libtorch.</summary>
    public static (Tensor[] Outputs, Tensor[] Gradients) Step(LayerSample sample, StructureTree tree, TorchModule module, Tensor[] inputs)
    {
        var byName = module.named_parameters().ToDictionary(p => p.name, p => (TorchTensor)p.parameter);
        var leaves = Array.ConvertAll(inputs, x => x.dtype.IsFloatingPoint() ? x.AsTorch().clone().requires_grad_() : x.AsTorch());
        var outputs = Forward(sample, module, leaves);
        TorchTensor[] wanted =
        [
            .. tree.GetParams().Tensors().Select(p => byName[p.Path]),
            .. leaves.Where(x => x.requires_grad),
        ];
        Tensor[] results = [.. outputs.Select(o => (Tensor)o.detach())];
        if (!sample.IsDifferentiable || wanted.Length == 0)
        {
            return (results, [.. wanted.Select(w => (Tensor)w.zeros_like())]);
        }

        var weights = Weights(results);
        var given = Enumerable.Range(0, outputs.Length).Where(i => outputs[i].requires_grad && weights[i] is not null).ToArray();
        var gradients = torch.autograd.grad(
            [.. given.Select(i => outputs[i])], wanted, [.. given.Select(i => weights[i]!.AsTorch())], allow_unused: true);
        return (results, [.. gradients.Select((g, i) => g is null || g.IsInvalid ? (Tensor)wanted[i].detach().zeros_like() : (Tensor)g)]);
    }

    /// <summary>
    /// TorchSharp's batch norm adds a number to its count of batches that the garbage collector may free before it is read.
    /// </summary>
    private static TorchTensor[] Forward(LayerSample sample, TorchModule module, TorchTensor[] leaves)
    {
        if (!module.named_buffers().Any(b => b.name.EndsWith("num_batches_tracked", StringComparison.Ordinal)))
        {
            return sample.Forward(module, leaves);
        }

        lock (s_noCollection)
        {
            // One that other tests ended, by using up its memory, may still be counted as going on.
            EndQuiet();
            GC.TryStartNoGCRegion(64_000_000);
            try
            {
                return sample.Forward(module, leaves);
            }
            finally
            {
                EndQuiet();
            }
        }
    }

    private static void EndQuiet()
    {
        try
        {
            GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // There is none, or other tests have used up its memory meanwhile, which ends it.
        }
    }

    private static readonly Lock s_noCollection = new();

    private static Tensor?[] Weights(Tensor[] outputs) =>
        [.. outputs.Select((o, i) => o.dtype.IsFloatingPoint() ? Ops.Make.Real(o.shape, o.dtype, 71 + i) : null)];
}
