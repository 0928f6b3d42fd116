using TorchSharp;

namespace Brachy.IO;

/// <summary>The params and buffers of a TorchSharp module with their paths, in the order of its <c>state_dict</c>.</summary>
internal static class TorchModuleState
{
    /// <summary>Everything below a module; what is registered at several places comes at each of them.</summary>
    public static IEnumerable<(string Path, torch.Tensor Tensor, bool IsParam)> Of(torch.nn.Module module, string path = "")
    {
        foreach (var (name, parameter) in module.named_parameters(recurse: false))
        {
            yield return (path + name, parameter, true);
        }

        foreach (var (name, buffer) in module.named_buffers(recurse: false))
        {
            yield return (path + name, buffer, false);
        }

        foreach (var (name, child) in module.named_children())
        {
            foreach (var entry in Of(child, $"{path}{name}."))
            {
                yield return entry;
            }
        }
    }

    /// <summary>A copy that the module does not reach.</summary>
    public static Tensor Copy(torch.Tensor tensor, DType? dtype = null)
    {
        using var noGrad = torch.no_grad();
        var type = new TensorType(tensor.shape, dtype ?? TorchTypes.DTypeOf(tensor.dtype), TorchTypes.DeviceOf(tensor.device));
        using var detached = tensor.detach();
        return new Tensor(type, new Buffer(detached.to(type.DType.ToTorch(), copy: true), type.ByteSize, isShared: false));
    }

    /// <summary>Shape and element type.</summary>
    public static TensorType TypeOf(torch.Tensor tensor) =>
        new(tensor.shape, TorchTypes.DTypeOf(tensor.dtype), TorchTypes.DeviceOf(tensor.device));
}
